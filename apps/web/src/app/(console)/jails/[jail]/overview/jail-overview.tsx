'use client';
import { shellWords } from '@cellblock/shared/shell-words';
import type { JailView } from '@cellblock/shared/views/jail-view';
import { Link } from '@/app/link';
import { paths } from '@/paths';
import { KeyValues } from '@/ui/key-values';
import { Moment } from '@/ui/moment';
import { bytesText } from '@/ui/number-text';
import { Panel } from '@/ui/panel';
import { EventFeed } from '../../../../event-feed';
import { Loaded } from '../../../../loaded';
import { rootText } from '../../root-text';
import { AddressTable } from '../network/address-table';
import { useJail } from '../use-jail';

export function JailOverview() {
  const query = useJail();
  return (
    <Loaded query={query} waitingFor="The dashboard has not answered yet.">
      {(jail) => (
        <div className="grid items-start gap-4 lg:grid-cols-2">
          <div className="flex min-w-0 flex-col gap-4">
            <AddressTable jail={jail} />
            <Panel title="Last events">
              <EventFeed object={jail.id} limit={5} />
            </Panel>
          </div>
          <div className="flex min-w-0 flex-col gap-4">
            <Panel title="Wanted" meta="what the dashboard asks for">
              <Wanted jail={jail} />
            </Panel>
            <Panel title="Seen" meta={<SeenTime jail={jail} />}>
              <Seen jail={jail} />
            </Panel>
          </div>
        </div>
      )}
    </Loaded>
  );
}

function SeenTime({ jail }: { jail: JailView }) {
  if (!jail.seenAt) return <>the host has not reported yet</>;
  return (
    <>
      as {jail.host.name} reported <Moment at={jail.seenAt} />
    </>
  );
}

function Wanted({ jail }: { jail: JailView }) {
  const { limits, command, boot, restart } = jail.settings;
  return (
    <KeyValues
      rows={[
        ['State', jail.wanted.state],
        [
          'Host',
          <Link key="host" href={paths.host(jail.host.name)} className="mono hover:underline">
            {jail.host.name}
          </Link>,
        ],
        ['Root', rootText(jail.settings)],
        [
          'Command',
          <span key="command" className="mono">
            {command ? shellWords(command) : 'a small init that reaps and waits'}
          </span>,
        ],
        ['Limits', limitsText(limits)],
        ['Start', `${boot ? 'when the host boots' : 'by hand only'}, restart ${restart}`],
        ['Created', <Moment key="created" at={jail.createdAt} show="both" />],
      ]}
    />
  );
}

function Seen({ jail }: { jail: JailView }) {
  const { seen } = jail;
  if (!seen) return <p className="p-3 text-muted">{jail.host.name} has not reported this jail yet.</p>;
  return (
    <KeyValues
      className={jail.state === 'unknown' ? '[&_dd]:text-muted' : undefined}
      rows={[
        ['State', jail.state === 'unknown' ? `${seen.state} then, unknown now` : seen.state],
        ['Started', seen.startedAt ? <Moment key="started" at={seen.startedAt} show="both" /> : null],
        ['Memory', seen.usage?.memoryBytes == null ? null : bytesText(seen.usage.memoryBytes)],
        ['Processes', seen.usage?.pids ?? null],
        ['Pid 1 on the host', seen.pid],
        ['Host ids', seen.idBase === null ? null : `${seen.idBase} to ${seen.idBase + 65_535}`],
        ['Restarts', seen.restarts],
        [
          'Last exit',
          seen.exit
            ? `${seen.exit.signal === null ? `status ${seen.exit.code}` : `signal ${seen.exit.signal}`}`
            : null,
        ],
        ['Held', seen.hold ? `by ${seen.hold.by}: ${seen.hold.reason}` : undefined],
      ]}
    />
  );
}

function limitsText({ memory, cpus, pids }: JailView['limits']): string {
  const set = [
    memory && `${bytesText(memory)} memory`,
    cpus && `${cpus} CPU`,
    pids && `${pids} processes`,
  ].filter(Boolean);
  return set.length > 0 ? set.join(' · ') : 'none of its own';
}

'use client';
import type { HostView } from '@cellblock/shared/views/host-view';
import { Link } from '@/app/link';
import { paths } from '@/paths';
import { KeyValues } from '@/ui/key-values';
import { Moment } from '@/ui/moment';
import { Note } from '@/ui/note';
import { bytesText } from '@/ui/number-text';
import { Panel } from '@/ui/panel';
import { EventFeed } from '../../../../event-feed';
import { Loaded } from '../../../../loaded';
import { useHost } from '../use-host';
import { BoundsPanel } from './bounds-panel';

export function HostOverview() {
  return (
    <Loaded query={useHost()}>
      {(host) => (
        <div className="grid items-start gap-4 lg:grid-cols-2">
          <div className="flex min-w-0 flex-col gap-4">
            {host.problems.map((problem) => (
              <Note key={`${problem.key}/${problem.step}`} tone="bad" title={problem.message}>
                {problem.fix && <p>{problem.fix}</p>}
                <p>
                  {problem.step}
                  {problem.code && `, ${problem.code}`}, tried {problem.attempts} times
                </p>
              </Note>
            ))}
            <Facts host={host} />
            <BoundsPanel bounds={host.bounds} />
          </div>
          <Panel title="Last events">
            <EventFeed object={host.id} limit={10} />
          </Panel>
        </div>
      )}
    </Loaded>
  );
}

function Facts({ host }: { host: HostView }) {
  const { facts, generation } = host;
  return (
    <Panel
      title="Seen"
      meta={
        host.lastReportAt ? (
          <>
            reported <Moment at={host.lastReportAt} />
          </>
        ) : (
          'never reported'
        )
      }
    >
      <KeyValues
        className={host.state === 'unknown' ? '[&_dd]:text-muted' : undefined}
        rows={[
          ['System', facts && `${facts.distribution}, ${facts.architecture}`],
          ['Kernel', facts?.kernel ?? host.kernel],
          ['Processors', facts?.cpus ?? null],
          ['Memory', facts && bytesText(facts.memoryBytes)],
          ['Booted', facts && <Moment at={facts.bootedAt} show="both" />],
          [
            'Jails',
            <Link key="jails" href={paths.host(host.name, 'jails')} className="hover:underline">
              {host.state === 'unknown'
                ? `${host.jails.wanted} wanted`
                : `${host.jails.running} running of ${host.jails.wanted} wanted`}
            </Link>,
          ],
          [
            'Spec',
            host.lastReportAt === null
              ? null
              : generation.converged === generation.wanted
                ? `generation ${generation.wanted}, made true`
                : `generation ${generation.wanted} wanted, ${generation.accepted} accepted, ${generation.converged} made true`,
          ],
          [
            'Fingerprint',
            <span key="f" className="mono break-all">
              {host.fingerprint}
            </span>,
          ],
          ['Enrolled', <Moment key="e" at={host.enrolledAt} show="both" />],
          ['Approved', host.approvedAt ? <Moment key="a" at={host.approvedAt} show="both" /> : 'not yet'],
        ]}
      />
    </Panel>
  );
}

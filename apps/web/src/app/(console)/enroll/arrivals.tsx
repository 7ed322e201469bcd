import type { EnrolmentProgress } from '@cellblock/shared/views/enrolment-view';
import { Link } from '@/app/link';
import { paths } from '@/paths';
import { Moment } from '@/ui/moment';
import { Note } from '@/ui/note';
import { Panel } from '@/ui/panel';
import { Prose } from '@/ui/prose';
import { StatusBadge } from '@/ui/status-badge';
import { WaitingHost } from './waiting-host';

/** Step 2: who was here, who waits, who was let in, and who was refused and why. */
export function Arrivals({ progress }: { progress: EnrolmentProgress }) {
  const { waiting, approved, refused, rejected, seen } = progress;
  const nobody = waiting.length + approved.length + refused.length + rejected.length + seen.length === 0;
  return (
    <Panel title="2. Compare and approve" meta={waiting.length > 0 ? `${waiting.length} waiting` : undefined}>
      <div className="flex flex-col divide-y divide-line-subtle" aria-live="polite">
        {waiting.map((host) => (
          <WaitingHost key={host.id} host={host} />
        ))}
        {seen.map(({ sourceAddress, did, at }) => (
          <div
            key={`${sourceAddress}/${did}`}
            className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2.5"
          >
            <StatusBadge tone="info">
              <span className="mono">{sourceAddress}</span> {did}
            </StatusBadge>
            <span className="text-muted">
              <Moment at={at} />; its agent has not connected yet
            </span>
          </div>
        ))}
        {approved.map(({ id, name, at }) => (
          <div key={id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2.5">
            <StatusBadge tone="ok">
              <Link href={paths.host(name)} className="font-medium hover:underline">
                {name}
              </Link>{' '}
              is approved
            </StatusBadge>
            <Moment at={at} className="text-muted" />
            <Link href={paths.jailNew({ host: name })} className="ml-auto text-accent-text hover:underline">
              Create a jail there
            </Link>
          </div>
        ))}
        {rejected.map(({ at, name, by }) => (
          <div key={`${name}/${at}`} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2.5">
            <StatusBadge tone="idle">
              {name} was rejected by {by}
            </StatusBadge>
            <Moment at={at} className="text-muted" />
          </div>
        ))}
        {refused.map(({ at, name, sourceAddress, message, fix }) => (
          <div key={`${at}/${name}`} className="p-3">
            <Note
              tone="bad"
              title={
                <>
                  {name}
                  {sourceAddress && <span className="mono font-normal"> {sourceAddress}</span>} was refused{' '}
                  <Moment at={at} className="font-normal" />
                </>
              }
            >
              <p>
                <Prose text={message} />
              </p>
              {fix && (
                <p>
                  <Prose text={fix} />
                </p>
              )}
            </Note>
          </div>
        ))}
        {nobody && (
          <div className="flex flex-col gap-1 px-3 py-3 text-muted">
            <StatusBadge tone="unknown">Nobody has come yet</StatusBadge>
            <p>
              The line first fetches the agent from here: that is seen at once. When nothing appears though
              the line runs, nothing of that machine reaches this dashboard: look at its route, and at
              firewalls in between.
            </p>
          </div>
        )}
      </div>
    </Panel>
  );
}

'use client';
import type { TaskDetail as Detail } from '@cellblock/shared/views/task-view';
import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'next/navigation';
import { Link } from '@/app/link';
import { useRouter } from '@/app/use-router';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { CommandLine } from '@/ui/command-line';
import { KeyValues } from '@/ui/key-values';
import { Moment } from '@/ui/moment';
import { Note } from '@/ui/note';
import { SidePanel } from '@/ui/side-panel';
import { StageTrack } from '@/ui/stage-track';
import { Loaded } from '../../../loaded';
import { objectPath } from '../../../object-path';
import { TaskStateBadge } from '../../../task-state-badge';
import { taskTitle } from '../../../task-title';
import { TaskTook } from '../task-took';
import { CancelTask } from './cancel-task';
import { taskStages } from './task-stages';
import { TaskSteps } from './task-steps';

/** One task whole: how far it has come, why it does not go on, what was done and what is left. */
export function TaskDetail({ id }: { id: string }) {
  const trpc = useTRPC();
  const router = useRouter();
  const search = useSearchParams().toString();
  const query = useQuery(trpc.tasks.show.queryOptions({ task: id }));
  const close = () => router.push(`${paths.tasks()}${search && `?${search}`}`, { scroll: false });
  return (
    <SidePanel
      title={query.data ? taskTitle(query.data.task) : id}
      meta={<span className="mono">{id}</span>}
      onClose={close}
    >
      <Loaded query={query} rows={6}>
        {(detail) => (
          <>
            <StageTrack label="How far it has come" stages={taskStages(detail)} />
            <WhyNot detail={detail} />
            <Facts detail={detail} />
            <div className="px-3 pb-3 empty:hidden">
              <CancelTask detail={detail} />
            </div>
            <TaskSteps detail={detail} />
            <section aria-label="The same in a terminal" className="border-t border-line-subtle p-3">
              <CommandLine command={`cellblock task show ${id}`} />
            </section>
          </>
        )}
      </Loaded>
    </SidePanel>
  );
}

function Facts({ detail: { task } }: { detail: Detail }) {
  const object = objectPath(task.object);
  return (
    <KeyValues
      rows={[
        ['State', <TaskStateBadge key="s" task={task} />],
        ['By', task.by],
        ['Begun', <Moment key="b" at={task.createdAt} show="both" />],
        ['Ended', task.endedAt ? <Moment key="e" at={task.endedAt} show="both" /> : undefined],
        ['Took', <TaskTook key="t" task={task} />],
        [
          'Object',
          object ? (
            <Link key="o" href={object} className="mono text-accent-text hover:underline">
              {task.object.name}
            </Link>
          ) : (
            <span key="o" className="mono">
              {task.object.name}
            </span>
          ),
        ],
        [
          'Host',
          task.host ? (
            <Link key="h" href={paths.host(task.host.name)} className="mono text-accent-text hover:underline">
              {task.host.name}
            </Link>
          ) : undefined,
        ],
        [
          'Audit',
          task.event.seq === null ? (
            'not numbered yet'
          ) : (
            <Link
              key="a"
              href={paths.auditEvent(task.event.seq)}
              className="mono text-accent-text hover:underline"
            >
              #{task.event.seq}
            </Link>
          ),
        ],
      ]}
    />
  );
}

/** Why it does not go on, or did not: the host that is silent, the step that failed, and what mends it. */
function WhyNot({ detail: { task, retry, cancel } }: { detail: Detail }) {
  if (task.waitsFor) {
    const { host, state, since } = task.waitsFor;
    return (
      <div className="px-3 pb-1">
        <Note
          tone="info"
          title={
            state === 'unknown' ? (
              <>
                {host} {since ? 'is silent' : 'has never reported'}
                {since && (
                  <>
                    ; its last report came <Moment at={since} />
                  </>
                )}
                .
              </>
            ) : (
              `${host} is ${state}.`
            )
          }
        >
          It waits without a limit of time and is done when {host} is back
          {cancel.can ? ', or until it is canceled' : ''}. Nothing else waits for it.{' '}
          <Link href={paths.host(host)}>Look at {host}</Link>
        </Note>
      </div>
    );
  }
  if (task.state === 'accepted' && task.message) {
    return (
      <div className="px-3 pb-1">
        <Note tone="warn" title={task.message} />
      </div>
    );
  }
  if (task.state !== 'failed' && task.state !== 'refused') {
    if (!task.message) return null;
    return <p className="px-3 pb-1 text-muted">{task.message}</p>;
  }
  const fix = task.refusal?.fix;
  return (
    <div className="px-3 pb-1">
      <Note tone="bad" title={task.refusal?.message ?? task.message ?? 'It failed.'} live>
        {task.refusal?.cause && <p>{task.refusal.cause}</p>}
        {fix && <p>{fix}</p>}
        {retry && (
          <p>
            Tried {retry.attempts} {retry.attempts === 1 ? 'time' : 'times'}.{' '}
            {retry.nextTryAt ? (
              <>
                The host tries again by itself, the next time not before{' '}
                <Moment at={retry.nextTryAt} show="absolute" />. If that works, a second outcome says so.
              </>
            ) : (
              `The host does not try again by itself: mend the cause, then change ${task.object.name} again.`
            )}
          </p>
        )}
      </Note>
    </div>
  );
}

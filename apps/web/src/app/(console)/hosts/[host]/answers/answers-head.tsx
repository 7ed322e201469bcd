'use client';
import { countVerdicts } from '@cellblock/shared/answers/answer';
import type { AnswersView } from '@cellblock/shared/views/answers-view';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Play, Square } from 'lucide-react';
import { useTRPC } from '@/trpc/client';
import { Button } from '@/ui/button';
import { KeyValues } from '@/ui/key-values';
import { Moment } from '@/ui/moment';
import { Note } from '@/ui/note';
import { Panel } from '@/ui/panel';
import { useMayNot } from '../../../../may';
import { RefusalPanel } from '../../../../refusal-panel';
import { bombsIn } from './answer-state';

/** What this page is, the newest run, and the button that begins another. */
export function AnswersHead({ view, silent }: { view: AnswersView; silent: boolean }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const denied = useMayNot('operate');
  const after = { onSuccess: () => void queryClient.invalidateQueries(trpc.answers.pathFilter()) };
  const start = useMutation(trpc.answers.run.mutationOptions(after));
  const cancel = useMutation(trpc.answers.cancel.mutationOptions(after));
  const { run, host } = view;
  const underWay = run !== null && run.endedAt === null && !view.lost;
  const away = silent && `${host.name} is silent: it cannot test anything now.`;
  const error = start.error ?? cancel.error;
  return (
    <>
      {error && <RefusalPanel error={error} />}
      <Panel
        title="Answers"
        meta="every sentence of the founding mails, tested on this host"
        actions={
          underWay ? (
            <Button
              icon={<Square aria-hidden />}
              pending={cancel.isPending}
              disabledReason={denied ?? away}
              onClick={() => cancel.mutate({ host: host.id })}
            >
              Cancel
            </Button>
          ) : (
            <Button
              look="primary"
              icon={<Play aria-hidden />}
              pending={start.isPending}
              disabledReason={denied ?? away}
              onClick={() => start.mutate({ host: host.id })}
            >
              Run
            </Button>
          )
        }
      >
        {run === null ? (
          <p className="p-3 text-muted">
            Nobody has asked yet. A run takes about a minute: it makes jails of its own, attacks them, does
            the same where the protection is missing, and takes all of it away. Jails that are there are not
            touched. In a terminal: <span className="mono">cellblock answers {host.name}</span>
          </p>
        ) : (
          <Facts view={view} run={run} underWay={underWay} />
        )}
      </Panel>
      {run?.cutShort && (
        <Note tone="warn" title="This run was cut short.">
          {run.cutShort}
        </Note>
      )}
      {view.lost && (
        <Note tone="warn" title="Nothing more was heard of this run.">
          The dashboard that listened to it is gone, or the host is. What was answered until then is below;
          run it again.
        </Note>
      )}
    </>
  );
}

function Facts({
  view,
  run,
  underWay,
}: {
  view: AnswersView;
  run: NonNullable<AnswersView['run']>;
  underWay: boolean;
}) {
  const { pass, fail, skip } = countVerdicts(run.answers);
  const progress = `${run.answers.length} of ${run.asked.length} rows are answered${view.testing ? `, ${view.testing} is being tested` : ''}`;
  return (
    <>
      <p className="sr-only" role="status">
        {underWay ? progress : `${pass} pass, ${fail} fail, ${skip} skip`}
      </p>
      <KeyValues
        rows={[
          ['Result', `${pass} pass, ${fail} fail, ${skip} skip`],
          ...(underWay ? [['Progress', progress] as [string, string]] : []),
          [underWay ? 'Began' : 'Last run', <Moment key="at" at={run.startedAt} show="both" />],
          ['By', run.by],
          ['Kernel', `Linux ${run.kernel}`],
          ['Bombs', bombsIn(run)],
        ]}
      />
    </>
  );
}

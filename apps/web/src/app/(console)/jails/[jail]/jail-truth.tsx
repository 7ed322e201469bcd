'use client';
import type { JailView } from '@cellblock/shared/views/jail-view';
import { Moment } from '@/ui/moment';
import { Note } from '@/ui/note';

/** Wanted against seen, in one line; a problem or a silent host is said in full. */
export function JailTruth({ jail }: { jail: JailView }) {
  const seen = jail.seenAt ? <Moment at={jail.seenAt} /> : 'never';
  if (jail.state === 'unknown' || jail.host.state === 'unknown') {
    return (
      <Note tone="warn" className="mb-3" title={`${jail.host.name} is silent.`}>
        Last report: {seen}. What is shown here was true then. Changes are recorded and wait until it is back;
        the jail goes on by itself.
      </Note>
    );
  }
  if (jail.problem) {
    return (
      <Note tone="bad" className="mb-3" title={jail.problem.message}>
        {jail.problem.fix && <p>{jail.problem.fix}</p>}
        <p>
          Step {jail.problem.step}
          {jail.problem.code && `, ${jail.problem.code}`}, tried {jail.problem.attempts}{' '}
          {jail.problem.attempts === 1 ? 'time' : 'times'}
          {jail.problem.nextTryAt && (
            <>
              , next <Moment at={jail.problem.nextTryAt} />
            </>
          )}
          .
        </p>
      </Note>
    );
  }
  return (
    <p className="mb-2 text-small text-muted">
      Wanted {jail.converged ? '=' : '≠'} seen
      {jail.converged ? '' : ': the host is at work or has not answered yet'} · reported {seen}
    </p>
  );
}

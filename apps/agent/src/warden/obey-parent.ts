import type { SpecPut, SpecPutAnswer } from '@cellblock/shared/host-spec';
import type { HostStatus } from '@cellblock/shared/host-status';
import type { Warden } from './warden.ts';

/** What an agent asks of one that it has started to kill it (row X4), instead of a dashboard. */
export type ParentAsks = { n: number; put: SpecPut } | { n: number; put: null };
export type ChildAnswers = { n: number; answer: SpecPutAnswer | HostStatus } | { n: number; error: string };

/** Whoever has the pipe is this process's parent, and root: an agent is started without one. Ends with it. */
export function obeyParent(warden: Warden): void {
  process.on('disconnect', () => process.exit(1));
  process.on('message', (message: ParentAsks) => {
    const { n, put } = message;
    const answer = put === null ? warden.status() : warden.putSpec(put);
    const say = (said: ChildAnswers) => process.send?.(said);
    answer.then(
      (answer) => say({ n, answer }),
      (error: Error) => say({ n, error: error.message }),
    );
  });
}

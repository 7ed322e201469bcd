import type { AcceptedSpec } from './accepted-spec.ts';
import { inTurns } from './apply/in-turns.ts';
import type { ConnectedSteps } from './connected-steps.ts';
import { jailsMoved } from './jails-moved.ts';

interface Waiting {
  set: ConnectedSteps;
  recalled: AbortController;
}

/** What was wanted at some moment. */
interface Look {
  moment: number;
  accepted: AcceptedSpec | null;
}

/**
 * Jails that are to be started, and wait for their turn, for minutes where there are many. Meanwhile something
 * else may be wanted of them: then they are given back, to be planned anew, and nothing of them was begun. What
 * changes about others keeps no jail waiting.
 *
 * Invariant: what waits was planned from what was wanted at the newest look, as far as it concerns its jails.
 */
export class StartQueue {
  private readonly inTurn: ReturnType<typeof inTurns>;
  private readonly ask: () => Promise<AcceptedSpec | null>;
  private readonly waiting = new Set<Waiting>();
  private moment = 0;
  private newest: Look | null = null;
  private asking: { moment: number; look: Promise<unknown> } | null = null;
  private closed = false;
  private memo: { before: AcceptedSpec; after: AcceptedSpec; moved: Set<string> } | null = null;

  /** `ask`: what is wanted now; null: nothing may be changed. */
  constructor(o: { most: number; ask: () => Promise<AcceptedSpec | null> }) {
    this.inTurn = inTurns(o.most);
    this.ask = o.ask;
  }

  /** Something else may be wanted from now on. */
  changed(): void {
    this.moment += 1;
  }

  /** Asks what is wanted. `recalled`: what waited and has to be planned anew. */
  async look(): Promise<{ accepted: AcceptedSpec | null; recalled: ConnectedSteps[] }> {
    const { moment } = this;
    const accepted = await this.ask();
    // Somebody who asked later has the newer answer.
    if (this.newest && moment < this.newest.moment) return { accepted, recalled: [] };
    const recalled = [...this.waiting].filter(({ set }) =>
      this.isMoved(set, this.newest?.accepted, accepted),
    );
    this.newest = { moment, accepted };
    this.recall(recalled);
    return { accepted, recalled: recalled.map(({ set }) => set) };
  }

  /** Begins at its turn; false: it was given back before. `accepted`: what the set was planned from. */
  async run(set: ConnectedSteps, accepted: AcceptedSpec, begin: () => Promise<void>): Promise<boolean> {
    if (this.closed || (this.newest && this.isMoved(set, accepted, this.newest.accepted))) return false;
    const one = { set, recalled: new AbortController() };
    this.waiting.add(one);
    const { signal } = one.recalled;
    try {
      return await this.inTurn(async () => {
        const known = await this.beUpToDate();
        if (!known || signal.aborted) return false;
        this.waiting.delete(one);
        await begin();
        return true;
      }, signal);
    } catch (error) {
      if (signal.aborted) return false;
      throw error;
    } finally {
      this.waiting.delete(one);
    }
  }

  /** Gives all back that waits, and whatever comes. */
  close(): void {
    this.closed = true;
    this.recall([...this.waiting]);
  }

  /** Those whose turn has come together share one answer. False: there is none. */
  private async beUpToDate(): Promise<boolean> {
    const { moment } = this;
    if (this.newest && this.newest.moment >= moment) return true;
    if (this.asking?.moment !== moment) this.asking = { moment, look: this.look() };
    return this.asking.look.then(
      () => true,
      () => false,
    );
  }

  private recall(some: readonly Waiting[]): void {
    for (const one of some) {
      this.waiting.delete(one);
      one.recalled.abort();
    }
  }

  private isMoved(
    set: ConnectedSteps,
    before: AcceptedSpec | null | undefined,
    after: AcceptedSpec | null,
  ): boolean {
    if (!before || !after) return true;
    if (before === after) return false;
    if (this.memo?.before !== before || this.memo.after !== after)
      this.memo = { before, after, moved: jailsMoved(before, after) };
    const { moved } = this.memo;
    return [...set.members].some((member) => moved.has(member.replace(/^jail /, '')));
  }
}

/** Whether nothing but starts wait for this: an address that leaves a jail that runs is not kept for a turn, and
 *  whoever stops takes his time. */
export function startsOnly({ steps, members }: Pick<ConnectedSteps, 'members' | 'steps'>): boolean {
  const started = new Set(
    steps.flatMap((step) => (step.kind === 'process.start' ? [`jail ${step.jail}`] : [])),
  );
  const jails = [...members].filter((member) => member.startsWith('jail '));
  return !steps.some(({ kind }) => kind === 'process.stop') && jails.every((jail) => started.has(jail));
}

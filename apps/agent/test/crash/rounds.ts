/** A point that one round passes by is tried again in the next ones. */
const TRIES = 4;

/**
 * All acts one after the other, again and again, with another crash in each, until every crash has been. An act
 * is left out once none of the acts that need it has a crash left.
 */
export class Rounds<Act, Crash> {
  private readonly open = new Map<Act, { crash: Crash; tries: number }[]>();

  add(act: Act, crashes: Crash[]): void {
    this.open.set(
      act,
      crashes.map((crash) => ({ crash, tries: TRIES })),
    );
  }

  async run(
    acts: readonly Act[],
    neededFor: (act: Act) => readonly Act[],
    crashIn: (act: Act, crash: Crash) => Promise<boolean>,
    rehearse: (act: Act) => Promise<unknown>,
  ): Promise<void> {
    const isOpen = (act: Act) => (this.open.get(act)?.length ?? 0) > 0;
    while (acts.some(isOpen)) {
      // One question for the whole round: an act must not be left out after another one counted on it.
      for (const act of acts.filter((one) => neededFor(one).some(isOpen))) {
        const next = this.open.get(act)?.shift();
        if (next === undefined) await rehearse(act);
        else if (!(await crashIn(act, next.crash)) && next.tries > 1)
          this.open.get(act)?.push({ ...next, tries: next.tries - 1 });
      }
    }
  }
}

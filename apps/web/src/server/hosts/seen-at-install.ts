/** One thing that a machine which enrols has done here, before its agent connects. */
export interface InstallSight {
  sourceAddress: string;
  did: 'fetched the archive' | 'showed its line';
  at: Date;
}

const KEPT = 20;
const KEPT_MS = 20 * 60_000;

/**
 * Who came for the archive lately. A host that fetched it and whose agent never connects is blocked on its way
 * here; one that is not even seen never reached us. Not worth a table: it is for whoever looks at the page now.
 */
export class SeenAtInstall {
  #sights: InstallSight[] = [];

  add(sight: InstallSight): void {
    const others = this.#sights.filter(
      (each) => each.sourceAddress !== sight.sourceAddress || each.did !== sight.did,
    );
    this.#sights = [sight, ...others].slice(0, KEPT);
  }

  since(moment: Date): InstallSight[] {
    const oldest = Math.max(moment.getTime(), Date.now() - KEPT_MS);
    return this.#sights.filter(({ at }) => at.getTime() >= oldest);
  }
}

import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError } from '@cellblock/shared/app-error';
import { cgroupName } from '@cellblock/shared/owned-names';
import type { Sight, SightFile } from '@cellblock/shared/sight';
import { readTextIfThere, writeDurably } from '../durable-file.ts';
import { jailPaths } from '../paths.ts';
import type { WardenHost } from '../warden-host.ts';
import { seenProcesses } from './seen-processes.ts';

const REFRESH_MS = 1_000;

/** With where its file lies: that must go also when one of the jails is gone. */
type KeptSight = Sight & { file: string };

export interface SeenJail {
  id: string;
  key: string;
  name: string;
}

/**
 * Which jail may see the processes of which. What is seen is a file that the agent writes and the viewer has read
 * only: no namespace is shared, and nothing but a list crosses. A grant ends by this host's own clock, whoever else
 * is there.
 */
export class Sights {
  readonly #host: WardenHost;
  readonly #path: string;
  readonly #jail: (id: string) => SeenJail | undefined;
  #sights: KeptSight[] = [];
  #timer: NodeJS.Timeout | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(o: { host: WardenHost; path: string; jail: (id: string) => SeenJail | undefined }) {
    this.#host = o.host;
    this.#path = o.path;
    this.#jail = o.jail;
  }

  static async open(o: {
    host: WardenHost;
    path: string;
    jail: (id: string) => SeenJail | undefined;
  }): Promise<Sights> {
    const sights = new Sights(o);
    const text = await readTextIfThere(o.path);
    if (text !== null) sights.#sights = JSON.parse(text) as KeptSight[];
    return sights;
  }

  /** What ended while nobody looked ends now. */
  async start(): Promise<void> {
    await this.refresh();
    this.#timer = setInterval(
      () =>
        void this.refresh().catch((error) => console.error('what jails may see was not refreshed:', error)),
      REFRESH_MS,
    );
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    await this.#turn.catch(() => undefined);
  }

  all(): readonly Sight[] {
    return this.#sights;
  }

  grant(sight: Sight): Promise<void> {
    return this.#inTurn(async () => {
      const viewer = this.#mustBeHere('viewer', sight.viewer);
      const target = this.#mustBeHere('target', sight.target);
      const file = join(jailPaths(this.#host.paths, viewer.key).seen, target.name);
      await this.#store([...this.#sights.filter(({ id }) => id !== sight.id), { ...sight, file }]);
      await this.#write();
    });
  }

  /** Nothing is seen any more when it resolves; a grant that is not there has ended already. */
  revoke(id: string): Promise<void> {
    return this.#inTurn(() => this.#end((sight) => sight.id === id));
  }

  refresh(): Promise<void> {
    return this.#inTurn(async () => {
      const now = this.#host.now().getTime();
      await this.#end(
        ({ until, viewer, target }) => Date.parse(until) <= now || !this.#jail(viewer) || !this.#jail(target),
      );
      await this.#write();
    });
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    const turn = this.#turn.catch(() => undefined).then(act);
    this.#turn = turn;
    return turn;
  }

  /** The file goes before the grant: after a crash in between it is taken away once more. */
  async #end(over: (sight: KeptSight) => boolean): Promise<void> {
    const ended = this.#sights.filter(over);
    if (ended.length === 0) return;
    const left = this.#sights.filter((sight) => !ended.includes(sight));
    for (const sight of ended) {
      if (!left.some(({ file }) => file === sight.file)) rmSync(sight.file, { force: true });
    }
    await this.#store(left);
  }

  async #write(): Promise<void> {
    for (const sight of this.#sights) {
      const { file } = sight;
      const target = this.#jail(sight.target);
      // The viewer's place is made with its storage.
      if (!target || !existsSync(dirname(file))) continue;
      const { instance } = this.#host;
      const idBase = (await this.#host.ids.baseOf({ instance, jailKey: target.key })) ?? 0;
      const seen = await seenProcesses(this.#host, { group: cgroupName(instance, target.key), idBase });
      const text: SightFile = {
        jail: target.name,
        at: this.#host.now().toISOString(),
        until: sight.until,
        ...seen,
      };
      writeFileSync(`${file}.new`, `${JSON.stringify(text, null, 1)}\n`, { mode: 0o444 });
      renameSync(`${file}.new`, file);
    }
  }

  #mustBeHere(field: 'viewer' | 'target', id: string): SeenJail {
    const jail = this.#jail(id);
    if (jail) return jail;
    throw new AppError('not-found', `There is no jail ${id} on this host.`, {
      field,
      cause: 'Only jails of one host can be shown to each other: their agent writes the list.',
      fix: 'cellblock ls tells on which host a jail is.',
    });
  }

  async #store(sights: KeptSight[]): Promise<void> {
    await writeDurably(this.#path, JSON.stringify(sights));
    this.#sights = sights;
  }
}

import { describe, expect, test } from 'vitest';
import type { ProcessTrees, TreeSpec } from '../lib/process-tree.ts';

export interface ContractWorld {
  trees: ProcessTrees;
  /** A spec that can be started, in a run directory of its own. */
  spec(changes?: Partial<TreeSpec>): Promise<TreeSpec>;
  /** `cgroup.procs` of a group for one tree. */
  group(): Promise<string>;
  /** Whether hard limits may be raised. */
  mayRaise(): Promise<boolean>;
}

/** What holds for trees in memory and for real ones alike: whoever drives them may rely on it. */
export function processTreesContract(name: string, world: () => ContractWorld): void {
  describe(`process trees: ${name}`, () => {
    const stop = (spec: TreeSpec) => world().trees.stop({ ...spec, signal: 15, timeoutMs: 5000 });
    const execRequest = (spec: TreeSpec) => ({
      runDirectory: spec.runDirectory,
      command: ['echo', 'word'],
      environment: { PATH: '/usr/bin:/bin' },
      uid: 0,
      gid: 0,
      tty: null,
      cgroupProcsFiles: [],
    });

    test('nothing is known of a tree that never ran', async () => {
      const spec = await world().spec();
      expect(await world().trees.status(spec)).toBeNull();
      await expect(stop(spec)).rejects.toMatchObject({ code: 'ENOENT' });
      await expect(world().trees.wait(spec)).rejects.toMatchObject({ code: 'ENOENT' });
      await expect(world().trees.exec(execRequest(spec))).rejects.toMatchObject({ code: 'ENOENT' });
      for await (const _chunk of world().trees.console({ ...spec, from: 0, follow: true })) expect.fail();
      await world().trees.forget(spec);
    });

    test('a tree runs once in its run directory, until it is stopped, and can then start again', async () => {
      const { trees } = world();
      const spec = await world().spec();
      const started = await trees.start(spec);
      expect(started).toMatchObject({ state: 'running', exit: null, idBase: spec.idBase });
      expect(started.keeper).not.toBeNull();
      expect(started.init).not.toBeNull();
      expect(await trees.status(spec)).toEqual(started);
      await expect(trees.start(spec)).rejects.toMatchObject({ code: 'EEXIST' });
      await expect(trees.forget(spec)).rejects.toMatchObject({ code: 'EBUSY' });
      const waiting = trees.wait(spec);
      const stopped = await stop(spec);
      expect(stopped).toMatchObject({
        state: 'exited',
        keeper: null,
        init: null,
        exit: { code: 0, signal: null },
      });
      expect(await waiting).toEqual(stopped);
      expect(await trees.status(spec)).toEqual(stopped);
      // Stopping what has stopped is no mistake.
      expect(await stop(spec)).toEqual(stopped);
      expect((await trees.start(spec)).init).not.toEqual(started.init);
      await stop(spec);
      await trees.forget(spec);
      expect(await trees.status(spec)).toBeNull();
    });

    test('ids of the host are never given away', async () => {
      for (const idBase of [0, 1, 65535, 4294901760])
        await expect(world().trees.start(await world().spec({ idBase }))).rejects.toMatchObject({
          code: 'ERANGE',
        });
    });

    test('ranges of two trees are the same or have no id in common', async () => {
      const { idBase } = await world().spec();
      for (const half of [idBase + 1, idBase + 32_768, idBase - 1])
        await expect(world().trees.start(await world().spec({ idBase: half }))).rejects.toMatchObject({
          code: 'EINVAL',
        });
      // Control: the next range.
      const beside = await world().spec({ idBase: idBase + 65_536 });
      expect(await world().trees.start(beside)).toMatchObject({ state: 'running' });
      await stop(beside);
    });

    test('a range that a running tree has is given to no other, and can be had when that has ended', async () => {
      const { trees } = world();
      const one = await world().spec();
      const other = await world().spec({ idBase: one.idBase });
      await trees.start(one);
      await expect(trees.start(other)).rejects.toMatchObject({ code: 'EBUSY', step: /ids from \d+/ });
      expect(await trees.status(other)).toBeNull();
      await stop(one);
      expect(await trees.start(other)).toMatchObject({ state: 'running', idBase: one.idBase });
      await stop(other);
    });

    test('a command runs in a tree that runs, and nowhere else', async () => {
      const { trees } = world();
      const spec = await world().spec();
      await trees.start(spec);
      const session = await trees.exec(execRequest(spec));
      session.closeInput();
      let text = '';
      for await (const { data } of session.output) text += Buffer.from(data).toString();
      expect(text).toContain('word');
      expect(await session.exit).toEqual({ code: 0, signal: null });
      await stop(spec);
      await expect(trees.exec(execRequest(spec))).rejects.toMatchObject({ code: 'ESRCH' });
    });

    test('the limits of a tree are changed while it runs, and are again those of its start after the next', async () => {
      const { trees } = world();
      const cgroupProcsFiles = [await world().group()];
      const spec = await world().spec({ cgroupProcsFiles, resourceLimits: { nofile: 256 } });
      const limits = async () => (await trees.status(spec))?.resourceLimits;
      const limit = (to: Record<string, number>) => trees.limit({ ...spec, limits: to });
      await expect(limit({ nofile: 64 })).rejects.toMatchObject({ code: 'ENOENT' });
      await trees.start(spec);
      expect(await limits()).toEqual({ nofile: 256 });
      await limit({ nofile: 64, core: 0 });
      expect(await limits()).toEqual({ nofile: 64, core: 0 });
      // Once more is no change.
      await limit({ nofile: 64, core: 0 });
      await expect(trees.limit({ ...spec, limits: {}, cgroupProcsFiles: [] })).rejects.toMatchObject({
        code: 'EINVAL',
      });
      const higher = { nofile: 128, core: 0 };
      if (await world().mayRaise()) await limit(higher);
      else await expect(limit(higher)).rejects.toMatchObject({ name: 'KernelError', code: 'EPERM' });
      expect(await limits()).toEqual((await world().mayRaise()) ? higher : { nofile: 64, core: 0 });
      await stop(spec);
      await expect(limit({ nofile: 32 })).rejects.toMatchObject({ code: 'ESRCH' });
      await trees.start(spec);
      expect(await limits()).toEqual({ nofile: 256 });
      await stop(spec);
    });

    test('a console that takes input is for a tree that runs and has one', async () => {
      const { trees } = world();
      const [plain, own] = [
        await world().spec(),
        await world().spec({
          confinement: { noNewPrivileges: false, chroot: true, proc: 'masked', mounts: true },
        }),
      ];
      const open = (spec: TreeSpec) => trees.openConsole({ ...spec, rows: 24, columns: 80 });
      await expect(open(own)).rejects.toMatchObject({ code: 'ENOENT' });
      await trees.start(plain);
      await trees.start(own);
      await expect(open(plain)).rejects.toMatchObject({ code: 'ENOTTY' });
      const session = await open(own);
      await session.write(Buffer.from('typed\r'));
      let text = '';
      for await (const { data } of session.output) {
        text += Buffer.from(data).toString();
        if (text.includes('typed')) session.kill();
      }
      expect(await session.exit).toEqual({ code: 0, signal: null });

      const until = await open(own);
      const { exit } = await stop(own);
      for await (const _piece of until.output);
      expect(await until.exit).toEqual({ code: exit?.code, signal: exit?.signal });
      await expect(open(own)).rejects.toMatchObject({ code: 'ESRCH' });
      await stop(plain);
    });

    test('a console is of one start: whoever is at it neither sees the next nor types there', async () => {
      const { trees } = world();
      const confinement = { noNewPrivileges: false, chroot: true, proc: 'masked', mounts: true } as const;
      const spec = await world().spec({ confinement });
      await trees.start(spec);
      const before = await trees.openConsole({ ...spec, rows: 24, columns: 80 });
      await stop(spec);
      await trees.start(spec);
      const session = await trees.openConsole({ ...spec, rows: 24, columns: 80 });
      await before.write(Buffer.from('astray\r'));
      await session.write(Buffer.from('second\r'));
      let text = '';
      for await (const { data } of session.output) {
        text += Buffer.from(data).toString();
        if (text.includes('second')) session.kill();
      }
      expect(text).not.toContain('astray');
      for await (const { data } of before.output)
        expect(Buffer.from(data).toString()).not.toContain('second');
      await stop(spec);
    });

    test('a wait is given up when its signal says so', async () => {
      const { trees } = world();
      const spec = await world().spec();
      await trees.start(spec);
      const waiting = trees.wait({ ...spec, signal: AbortSignal.timeout(20) });
      await expect(waiting).rejects.toMatchObject({ name: 'TimeoutError' });
      expect(await trees.status(spec)).toMatchObject({ state: 'running' });
      await stop(spec);
    });

    test('who follows the last lines of a console knows where they begin before there is anything', async () => {
      const { trees } = world();
      const spec = await world().spec();
      await trees.start(spec);
      const { runDirectory } = spec;
      const following = trees.console({ runDirectory, tailLines: 0, follow: true })[Symbol.asyncIterator]();
      expect((await following.next()).value).toMatchObject({ offset: 0, data: { length: 0 }, dropped: 0 });
      const ended = following.next();
      await stop(spec);
      expect((await ended).done).toBe(true);
      // Who does not follow has no use for it.
      for await (const _chunk of trees.console({ runDirectory, tailLines: 0 })) expect.fail();
    });

    test('following a console ends with the tree', async () => {
      const { trees } = world();
      const spec = await world().spec();
      await trees.start(spec);
      const following = (async () => {
        for await (const _chunk of trees.console({ ...spec, from: 0, follow: true })) expect.fail();
      })();
      await stop(spec);
      await following;
    });
  });
}

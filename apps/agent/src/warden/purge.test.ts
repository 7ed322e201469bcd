import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { hostSpec } from '@cellblock/shared/host-spec';
import { cgroupName, cgroupParent } from '@cellblock/shared/owned-names';
import { expect, onTestFinished, test } from 'vitest';
import { FakeHost } from '../../test/fake-host.ts';
import { jailSpec } from '../../test/spec-builders.ts';
import { jailPaths } from './paths.ts';
import { purgeHost } from './purge.ts';

test('what does not end keeps ids and files of its jail, and is told, as often as it is asked, until it has ended', async () => {
  const fake = await FakeHost.open();
  onTestFinished(() => fake.close());
  const { host, kernel, trees } = fake;
  const [stuck, other] = [jailSpec(1), jailSpec(2)];
  fake.spec = hostSpec(1, [stuck, other]);
  for (let n = 0; n < 10 && (await fake.pass()).steps.length > 0; n++);
  const { run, storage } = jailPaths(host.paths, stuck.key);
  const claims = async () => (await host.ids.list()).map(({ jailKey }) => jailKey).sort();
  expect(await claims()).toEqual([stuck.key, other.key].sort());

  const told = async (why: string) => {
    await expect(purgeHost(host)).rejects.toMatchObject({
      refusal: {
        code: 'conflict',
        message: `Not removed, because something of it does not end: ${stuck.name}.`,
        cause: expect.stringContaining(`${stuck.name}: ${why}`),
        fix: expect.stringMatching(/or after a reboot: cellblock down .*, then cellblock agent purge/),
      },
    });
    expect(await claims()).toEqual([stuck.key]);
    expect(existsSync(storage)).toBe(true);
  };

  const { init } = (await trees.status({ runDirectory: run })) ?? {};
  const stop = trees.stop.bind(trees);
  trees.stop = async (o) => {
    if (o.runDirectory !== run) return stop(o);
    throw new DOMException('The operation was aborted due to timeout', 'TimeoutError');
  };
  await told(`its first process (${init?.pid}) was killed`);
  trees.stop = stop;

  const group = cgroupName(host.instance, stuck.key);
  for (const verb of ['kill', 'remove']) {
    await kernel.createCgroup({ name: group });
    kernel.failures.push({ step: new RegExp(`^${verb} control group ${group}$`), code: 'EBUSY' });
    await told(`${verb} control group ${group}: EBUSY`);
    kernel.failures.length = 0;
  }

  const child = spawn('sleep', ['60']);
  onTestFinished(() => void child.kill());
  const base = await host.ids.baseOf({ instance: host.instance, jailKey: stuck.key });
  const record = join(host.paths.ids, `${base}.tree`);
  // As spawn writes it: the first process, and when that was written, in hundredths of a second since the boot.
  writeFileSync(record, `${child.pid} ${Math.ceil(uptime() * 100)}\n`);
  await told(
    `Process ${child.pid} still has the ids from ${base}. It is the first process of jail ${stuck.key}`,
  );
  expect(readFileSync(record, 'utf8')).toContain(`${child.pid} `);

  child.kill();
  await once(child, 'exit');
  expect(await purgeHost(host)).toContain(`jail ${stuck.key}`);
  expect([existsSync(host.paths.agent), existsSync(host.paths.ids)]).toEqual([false, false]);
});

test('what ends only with its group is removed; what is in the group around them is told apart', async () => {
  const fake = await FakeHost.open();
  onTestFinished(() => fake.close());
  const { host, kernel, trees } = fake;
  const late = jailSpec(1);
  fake.spec = hostSpec(1, [late]);
  for (let n = 0; n < 10 && (await fake.pass()).steps.length > 0; n++);
  const stop = trees.stop.bind(trees);
  trees.stop = async (o) => {
    await stop(o);
    throw new DOMException('The operation was aborted due to timeout', 'TimeoutError');
  };
  const parent = cgroupParent(host.instance);
  kernel.failures.push({ step: new RegExp(`^remove control group ${parent}$`), code: 'EBUSY' });
  await expect(purgeHost(host)).rejects.toMatchObject({
    refusal: {
      message: `Not all removed: something is in the control group ${parent}.`,
      cause: expect.stringContaining(`remove control group ${parent}: EBUSY`),
    },
  });
  expect(await host.ids.list()).toEqual([]);
  kernel.failures.length = 0;
  expect(await purgeHost(host)).toContain(host.paths.agent);
});

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFakeKernel } from '@cellblock/native/fake-kernel';
import { FakeProcessTrees } from '@cellblock/native/fake-process-trees';
import { hostSpec, type SpecObject } from '@cellblock/shared/host-spec';
import { specDigest } from '@cellblock/shared/spec-digest';
import { expect, onTestFinished, test, vi } from 'vitest';
import { jailSpec } from '../../test/spec-builders.ts';
import { Warden } from './warden.ts';

// Real files lie beside the kernel in memory: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 60_000 });

const NAMED = 'hostSettings: [proc.hidepid]\n';
const NOT_NAMED = 'hostSettings: [net.ipv4.ip_forward]\n';
const jail = jailSpec(1, { settings: { root: { kind: 'host-usr', ephemeral: false } } });

/** A warden with these bounds, on a kernel in memory, that was given these objects. */
async function wardenWith(o: { bounds: string; objects?: SpecObject[]; failing?: string }) {
  const { objects = [] } = o;
  const directory = await mkdtemp(join(tmpdir(), 'cellblock-hidepid-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const file = join(directory, 'bounds.d', '20-test.yaml');
  await mkdir(join(directory, 'bounds.d'));
  await writeFile(file, o.bounds, { mode: 0o644 });
  const kernel = createFakeKernel();
  if (o.failing) kernel.failures.push({ step: /^set hidepid/, code: o.failing });
  const warden = await Warden.open({
    dataDirectory: directory,
    kernel,
    trees: new FakeProcessTrees(),
    keeper: { uid: 65_534, gid: 65_534 },
    agentVersion: 'test',
    idRegistry: join(directory, 'ids'),
    bootId: 'first',
  });
  onTestFinished(() => warden.stop());
  await warden.putSpec({
    dashboard: '00000000-0000-7000-8000-000000000001',
    epoch: '00000000-0000-7000-8000-000000000002',
    generation: 1,
    base: null,
    changed: objects,
    removed: [],
    digest: specDigest(hostSpec(1, objects).objects),
    expect: [],
  });
  await warden.reconciler.settle();
  return { warden, kernel, bounds: (text: string) => writeFile(file, text) };
}

const optionsOf = async ({ kernel }: Pick<Warden['host'], 'kernel'>) =>
  (await kernel.listMounts({ under: '/proc' }))[0]?.options;
const receiptsOf = async ({ receipts }: Warden) =>
  (await receipts.after(0, 1_000)).map(({ body }) => body).filter(({ object }) => /hidepid/.test(object));

test('processes are hidden where the bounds name it, and accounted for once', async () => {
  const { warden } = await wardenWith({ bounds: NAMED });
  expect(await optionsOf(warden.host)).toContain('hidepid=invisible');
  await warden.reconciler.settle();
  expect(await receiptsOf(warden)).toMatchObject([
    {
      text: 'set proc.hidepid to invisible on the host',
      result: 'done',
      before: { 'proc.hidepid': 'off' },
      after: { 'proc.hidepid': 'invisible' },
    },
  ]);
  expect((await warden.status()).converged).toBe(1);
});

test('whoever shows them again is answered at the next pass', async () => {
  const { warden, kernel } = await wardenWith({ bounds: NAMED });
  await kernel.setHidepid({ target: '/proc', hidepid: 'off' });
  await warden.reconciler.settle();
  expect(await optionsOf(warden.host)).toContain('hidepid=invisible');
});

test('bounds that do not name it leave /proc as it is, and so do those that name it no more', async () => {
  const without = await wardenWith({ bounds: NOT_NAMED });
  expect(await optionsOf(without.warden.host)).toEqual(['rw', 'relatime']);
  expect(await receiptsOf(without.warden)).toEqual([]);

  const { warden, bounds } = await wardenWith({ bounds: NAMED });
  await bounds(NOT_NAMED);
  await warden.reconciler.settle();
  expect(warden.bounds.bounds.hostSettings).toEqual(['net.ipv4.ip_forward']);
  expect(await optionsOf(warden.host)).toContain('hidepid=invisible');
  expect(await receiptsOf(warden)).toHaveLength(1);
});

test('where the kernel refuses it, that is told, and neither the guard nor a jail waits for it', async () => {
  const { warden, kernel } = await wardenWith({ bounds: NAMED, objects: [jail], failing: 'EPERM' });
  const status = await warden.status();
  expect(status.jails.map(({ state }) => state)).toEqual(['running']);
  expect(status.problems).toMatchObject([
    {
      key: 'host-setting/proc.hidepid',
      step: 'set proc.hidepid to invisible on the host',
      code: 'EPERM',
      message: expect.stringContaining('set hidepid of /proc to invisible'),
    },
  ]);
  kernel.failures.length = 0;
  warden.reconciler.wake({ changed: true });
  await warden.reconciler.settle();
  expect((await warden.status()).problems).toEqual([]);
  expect(await optionsOf(warden.host)).toContain('hidepid=invisible');
});

test('a kernel that says yes and does nothing is not asked again at once, for ever', async () => {
  const { warden, kernel } = await wardenWith({ bounds: NOT_NAMED });
  const asked = vi.fn(async () => undefined);
  kernel.setHidepid = asked;
  warden.host.mayChange = () => ['proc.hidepid'];
  await warden.reconciler.settle();
  expect(asked.mock.calls.length).toBeLessThan(5);
  expect((await warden.status()).problems[0]?.message).toMatch(
    /does not have the hidepid=invisible that was set/,
  );
});

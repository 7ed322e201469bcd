import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir, uptime } from 'node:os';
import { dirname, join } from 'node:path';
import { createFakeKernel } from '@cellblock/native/fake-kernel';
import { FakeProcessTrees } from '@cellblock/native/fake-process-trees';
import { KernelError } from '@cellblock/native/kernel-error';
import type { ProcessTrees } from '@cellblock/native/process-tree';
import { hostSpec, type JailSpec, type SpecObject } from '@cellblock/shared/host-spec';
import { netnsPath } from '@cellblock/shared/owned-names';
import { objectPlanHash } from '@cellblock/shared/plan/plan-hash';
import { specDigest } from '@cellblock/shared/spec-digest';
import { expect, onTestFinished, test, vi } from 'vitest';
import { otherRm, REFUSES } from '../../test/other-rm.ts';
import { addressSpec, interfaceSpec, jailSpec, networkSpec } from '../../test/spec-builders.ts';
import { jailPaths } from './paths.ts';
import { Warden } from './warden.ts';

// Real files lie beside the kernel in memory: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 60_000 });

const DASHBOARD = '00000000-0000-7000-8000-000000000001';
const EPOCH = '00000000-0000-7000-8000-000000000002';

/** A directory, a kernel and trees that outlive the wardens that are opened on them. */
async function machine() {
  const directory = await mkdtemp(join(tmpdir(), 'cellblock-warden-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const kernel = createFakeKernel();
  const trees = new FakeProcessTrees();
  let generation = 0;
  return {
    directory,
    kernel,
    trees,
    async open(o: { bootId?: string; trees?: ProcessTrees } = {}) {
      const warden = await Warden.open({
        dataDirectory: directory,
        kernel,
        trees: o.trees ?? trees,
        keeper: { uid: 65_534, gid: 65_534 },
        agentVersion: 'test',
        idRegistry: join(directory, 'ids'),
        bootId: o.bootId ?? 'first',
      });
      onTestFinished(() => warden.stop());
      return warden;
    },
    async put(warden: Warden, objects: SpecObject[], expected: { object: string; hash: string }[] = []) {
      const next = generation + 1;
      const answer = await warden.putSpec({
        dashboard: DASHBOARD,
        epoch: EPOCH,
        generation: next,
        base: null,
        changed: objects,
        removed: [],
        digest: specDigest(hostSpec(next, objects).objects),
        expect: expected,
      });
      if (answer.result === 'accepted') generation = next;
      await warden.reconciler.settle();
      return answer;
    },
  };
}

const lan = networkSpec(1);
function jail(n: number, settings: Partial<JailSpec['settings']> = {}): JailSpec {
  const root = { kind: 'host-usr', ephemeral: false } as const;
  return jailSpec(n, { interfaces: [interfaceSpec(n, lan)], settings: { root, ...settings } });
}
const runOf = (warden: Warden, one: JailSpec) => jailPaths(warden.host.paths, one.key).run;
const seen = async (warden: Warden, one: JailSpec) =>
  (await warden.status()).jails.find(({ id }) => id === one.id);

test('a jail that fails is started again after a growing wait; one that ends well is not', async () => {
  const { open, put, trees } = await machine();
  const warden = await open();
  const web = jail(1);
  await put(warden, [lan, web]);
  for (const restarts of [1, 2]) {
    trees.end(runOf(warden, web), { code: 1, signal: null });
    await warden.reconciler.settle();
    expect(await seen(warden, web)).toMatchObject({ restarts });
    await expect.poll(async () => (await seen(warden, web))?.state, { timeout: 10_000 }).toBe('running');
  }
  trees.end(runOf(warden, web), { code: 0, signal: null });
  await warden.reconciler.settle();
  expect(await seen(warden, web)).toMatchObject({ state: 'stopped', nextRestartAt: null });
  // An empty namespace would still answer ping.
  expect(warden.reconciler.seen?.state.jails[0]?.netns).toBeNull();
  const causes = (await warden.receipts.after(0, 500)).filter(
    ({ body }) => body.step.kind === 'process.start',
  );
  expect(causes.map(({ body }) => body.cause)).toEqual([web.cause, null, null]);
});

test('a policy of `no` leaves it ended until its start number is raised', async () => {
  const { open, put, trees } = await machine();
  const warden = await open();
  const web = jail(1, { restart: 'no' });
  await put(warden, [lan, web]);
  trees.end(runOf(warden, web), { code: 3, signal: null });
  await warden.reconciler.settle();
  expect(await seen(warden, web)).toMatchObject({ state: 'failed', exit: { code: 3 } });
  await put(warden, [lan, { ...web, startNumber: 2 }]);
  expect(await seen(warden, web)).toMatchObject({ state: 'running', startNumber: 2, exit: null });
});

test('another warden adopts what runs; after a reboot `boot` decides, from the ledger alone', async () => {
  const place = await machine();
  const first = await place.open();
  const [always, never] = [jail(1), jail(2, { boot: false })];
  await place.put(first, [lan, always, never]);
  const started = place.trees.running();
  await first.stop();

  const second = await place.open();
  await second.reconciler.settle();
  expect(place.trees.running()).toEqual(started);
  expect((await seen(second, always))?.state).toBe('running');
  await second.stop();

  // The host goes down and comes up: what ran is lost, the ledger is not.
  const lost: ProcessTrees = {
    stop: (o) => place.trees.stop(o),
    wait: (o) => place.trees.wait(o),
    exec: (o) => place.trees.exec(o),
    openConsole: (o) => place.trees.openConsole(o),
    console: (o) => place.trees.console(o),
    forget: (o) => place.trees.forget(o),
    limit: (o) => place.trees.limit(o),
    status: async (o: { runDirectory: string }) => {
      const status = await place.trees.status(o);
      return status && !restarted.has(o.runDirectory)
        ? { ...status, state: 'lost' as const, keeper: null, init: null }
        : status;
    },
    start: async (spec: Parameters<ProcessTrees['start']>[0]) => {
      place.trees.end(spec.runDirectory, { code: null, signal: 9 });
      restarted.add(spec.runDirectory);
      return place.trees.start(spec);
    },
  };
  const restarted = new Set<string>();
  const third = await place.open({ bootId: 'second', trees: lost });
  await third.reconciler.settle();
  expect([...restarted]).toEqual([runOf(third, always)]);
  expect((await seen(third, never))?.state).not.toBe('running');
});

test('jails end with the machine, as they would at a stop, and `boot` decides when it is back', async () => {
  const place = await machine();
  const first = await place.open();
  const [always, never] = [jail(1), jail(2, { boot: false })];
  await place.put(first, [lan, always, never]);
  await first.stopWithMachine();
  expect(place.trees.running()).toEqual([]);
  const stops = (await first.receipts.after(0, 500)).filter(({ body }) => body.step.kind === 'process.stop');
  expect(stops.map(({ body }) => [body.result, body.cause])).toEqual([
    ['done', null],
    ['done', null],
  ]);

  const second = await place.open({ bootId: 'second' });
  await second.reconciler.settle();
  expect(place.trees.running()).toEqual([runOf(second, always)]);
});

test('a held jail stays as it was, whatever the dashboard wants; then it follows', async () => {
  const { open, put, trees } = await machine();
  const warden = await open();
  const web = jail(1);
  const address = addressSpec(1, web, '10.77.1.5');
  await put(warden, [lan, web, address]);
  await warden.holds.add(warden.ledger.spec ?? hostSpec(0, []), web.id, {
    reason: 'audit',
    by: 'root',
    at: 'now',
  });
  await put(warden, [lan, { ...web, wanted: 'stopped' }, { ...address, wanted: 'absent' }]);
  expect(trees.running()).toHaveLength(1);
  expect(await seen(warden, web)).toMatchObject({ state: 'running', hold: { reason: 'audit' } });
  await warden.holds.remove(web.id);
  warden.reconciler.wake({ changed: true });
  await warden.reconciler.settle();
  expect(trees.running()).toEqual([]);
});

test('a subnet that the host routes already is refused with the route in the way, and once in the receipts', async () => {
  const { open, put, kernel } = await machine();
  await kernel.createBridge({ name: 'vpn' });
  await kernel.addAddress({ link: 'vpn', prefix: '10.99.0.1/24' });
  await kernel.addRoute({ route: { destination: '10.77.0.0/16', gateway: '10.99.0.2', link: 'vpn' } });
  const warden = await open();
  const other = networkSpec(2, { subnets: [{ prefix: '192.168.77.0/24', gateway: '192.168.77.1' }] });
  const lone = jailSpec(3, { interfaces: [interfaceSpec(3, other)] });
  await put(warden, [lan, jail(1), other, lone]);
  const status = await warden.status();
  expect(status.refused.map(({ rule }) => rule)).toEqual(['subnet-routed', 'network-refused']);
  expect(status.refused[0]?.message).toContain('10.77.0.0/16 via 10.99.0.2 dev vpn');
  expect(status.jails.map(({ state }) => state)).toEqual(['stopped', 'running']);
  await warden.reconciler.settle();
  const refusals = (await warden.receipts.after(0, 500)).filter(({ body }) => body.result === 'refused');
  expect(refusals.map(({ body }) => body.cause)).toContain(lan.cause);
  expect(refusals).toHaveLength(2);
});

test('the host’s bounds limit what is asked; what they refuse is left as it is', async () => {
  const { open, put, directory, trees } = await machine();
  const warden = await open();
  const web = jail(1);
  await put(warden, [lan, web]);
  await writeFile(join(directory, 'bounds.d/50-more.yaml'), 'maxPids: 100\nmaxJails: 1\n', { mode: 0o644 });
  await put(warden, [lan, { ...web, startNumber: 2 }, jail(2)]);
  const { refused } = await warden.status();
  expect(refused.map(({ rule }) => rule)).toEqual(['bounds-pids', 'bounds-jails']);
  expect(trees.running()).toHaveLength(1);
  expect((await seen(warden, web))?.startNumber).toBe(1);

  // A bounds file that cannot be read changes nothing, and says so.
  await writeFile(join(directory, 'bounds.d/50-more.yaml'), 'maxPids: [', { mode: 0o644 });
  await warden.reconciler.settle();
  expect((await warden.status()).bounds.maxPids).toBe(100);
  expect((await warden.runChecks()).find(({ id }) => id === 'bounds')?.verdict).toBe('lack');
});

test('what root changes in the bounds is shown at once, on a host that nothing was asked of yet', async () => {
  const { open, directory } = await machine();
  const warden = await open();
  await warden.start();
  expect((await warden.status()).bounds.parents).toEqual([]);
  await writeFile(join(directory, 'bounds.d/50-more.yaml'), 'parents: [br0]\n');
  await expect.poll(async () => (await warden.status()).bounds.parents, { timeout: 10_000 }).toEqual(['br0']);
});

test('an approved plan is refused when its facts have moved', async () => {
  const { open, put, trees } = await machine();
  const warden = await open();
  const web = jail(1, { restart: 'no' });
  await put(warden, [lan, web]);
  const next = { ...web, startNumber: 2 };
  const key = `jail/${web.id}` as const;
  const hash = objectPlanHash(hostSpec(2, [lan, next]), await warden.state(), key);
  trees.end(runOf(warden, web), { code: 1, signal: null });
  await warden.reconciler.settle();
  const refused = await put(warden, [lan, next], [{ object: key, hash }]);
  expect(refused).toMatchObject({ result: 'resync' });
  const fresh = objectPlanHash(hostSpec(2, [lan, next]), await warden.state(), key);
  expect(await put(warden, [lan, next], [{ object: key, hash: fresh }])).toMatchObject({
    result: 'accepted',
  });
});

test('a step that fails is reported with its errno and tried again', async () => {
  const { open, put, kernel } = await machine();
  const warden = await open();
  kernel.failures.push({ step: /veth/, code: 'ENOSPC' });
  await put(warden, [lan, jail(1)]);
  const { problems, converged } = await warden.status();
  expect(problems).toMatchObject([{ code: 'ENOSPC' }]);
  expect(converged).toBe(0);
  kernel.failures.length = 0;
  await expect.poll(async () => (await warden.status()).converged, { timeout: 20_000 }).toBe(1);
  expect((await warden.status()).problems).toEqual([]);
});

test('jails end with the machine also when none of it can be written down', async () => {
  const place = await machine();
  let slow: string | null = null;
  const trees = {
    start: (o) => place.trees.start(o),
    status: (o) => place.trees.status(o),
    wait: (o) => place.trees.wait(o),
    exec: (o) => place.trees.exec(o),
    openConsole: (o) => place.trees.openConsole(o),
    console: (o) => place.trees.console(o),
    forget: (o) => place.trees.forget(o),
    limit: (o) => place.trees.limit(o),
    stop: async (o) => {
      if (o.runDirectory === slow) await new Promise((resolve) => setTimeout(resolve, 500));
      return place.trees.stop(o);
    },
  } as ProcessTrees;
  const warden = await place.open({ trees });
  const [quick, late] = [jail(1), jail(2)];
  await place.put(warden, [lan, quick, late]);
  slow = runOf(warden, late);
  const file = join(place.directory, 'agent/receipts/00000000.jsonl');
  await rm(file);
  await mkdir(file);
  await warden.stopWithMachine();
  expect(place.trees.running()).toEqual([]);
});

test('what was done is not settled before the history has it', async () => {
  const { open, put, directory } = await machine();
  const warden = await open();
  const web = jail(1);
  await put(warden, [lan]);
  // The receipts cannot be written, as on a disk that is full.
  const file = join(directory, 'agent/receipts/00000000.jsonl');
  await rename(file, `${file}.aside`);
  await mkdir(file);
  await put(warden, [lan, web]);
  expect((await warden.status()).converged).toBe(1);
  await rm(file, { recursive: true });
  await rename(`${file}.aside`, file);
  await expect.poll(async () => (await warden.status()).converged, { timeout: 20_000 }).toBe(2);
  const kept = (await warden.receipts.after(0, 500)).map(({ body }) => [body.step.kind, body.cause]);
  expect(kept).toContainEqual(['process.start', web.cause]);
});

test('nothing is planned from a ledger that was lost', async () => {
  const { open, put, trees, directory } = await machine();
  const first = await open();
  await put(first, [lan, jail(1)]);
  await first.stop();
  const path = join(directory, 'agent/ledger/snapshot.json');
  await writeFile(path, (await readFile(path, 'utf8')).replace('running', 'stopped'));
  const second = await open();
  await second.reconciler.settle();
  expect(second.ledger.spec).toBeNull();
  expect(trees.running()).toHaveLength(1);
});

test('a host whose bounds cannot be read when the agent starts changes nothing, and says why', async () => {
  const { open, put, trees, directory } = await machine();
  const first = await open();
  await put(first, [lan, jail(1)]);
  await first.stop();
  const file = join(directory, 'bounds.d/90-broken.yaml');
  await writeFile(file, 'maxPids: [', { mode: 0o644 });
  const second = await open();
  await put(second, [lan, jail(1), jail(2)]);
  expect(trees.running()).toHaveLength(1);
  expect((await second.runChecks()).find(({ id }) => id === 'bounds')?.evidence).toContain('90-broken.yaml');
  await rm(file);
  await second.reconciler.settle();
  expect(trees.running()).toHaveLength(2);
});

test('bounds that are gone stay in force, and a warden that starts without them changes nothing', async () => {
  const { open, put, trees, directory } = await machine();
  const first = await open();
  await writeFile(join(directory, 'bounds.d/10-default.yaml'), 'exec: false\n', { mode: 0o644 });
  await put(first, [lan, jail(1)]);
  const bounds = join(directory, 'bounds.d');
  await rename(bounds, `${bounds}.away`);
  await put(first, [lan, jail(1), jail(2)]);
  expect(trees.running()).toHaveLength(2);
  expect((await first.status()).bounds.exec).toBe(false);
  expect((await first.runChecks()).find(({ id }) => id === 'bounds')?.evidence).toContain(bounds);
  await first.stop();

  const second = await open();
  await second.start();
  await put(second, [lan, jail(1), jail(2), jail(3)]);
  expect(trees.running()).toHaveLength(2);
  expect((await second.status()).bounds.exec).toBe(false);
  await rename(`${bounds}.away`, bounds);
  await second.reconciler.settle();
  expect(trees.running()).toHaveLength(3);
});

test('steps that succeed and change nothing are not done again and again', async () => {
  const { open, put, kernel } = await machine();
  const warden = await open();
  const { writeSysctl } = kernel;
  let written = 0;
  kernel.writeSysctl = async (o) => {
    if (!o.key.endsWith('.ping_group_range')) return writeSysctl(o);
    written += 1;
  };
  await put(warden, [lan, jail(1)]);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(written).toBeGreaterThan(0);
  expect(written).toBeLessThan(10);
  kernel.writeSysctl = writeSysctl;
  await expect.poll(async () => (await warden.status()).converged, { timeout: 20_000 }).toBe(1);
});

test('a jail is not destroyed while the storage that was to be purged is there', async () => {
  const { open, put, trees } = await machine();
  const warden = await open();
  const web = jail(1);
  await put(warden, [lan, web]);
  const { storage, gone } = jailPaths(warden.host.paths, web.key);
  await writeFile(join(storage, 'diary'), 'private');
  const refusal = otherRm(REFUSES);
  await put(warden, [lan, { ...web, wanted: 'destroyed', purge: true }]);
  await warden.reconciler.settle();
  expect(trees.running()).toEqual([]);
  expect(existsSync(join(gone, 'storage/diary'))).toBe(true);
  expect(await seen(warden, web)).toMatchObject({ state: 'stopping', hasStorage: true });
  expect(await warden.host.ids.list()).toHaveLength(1);
  const { problems, converged } = await warden.status();
  expect(problems[0]?.message).toContain('Operation not permitted');
  expect(converged).toBe(1);

  refusal.restore();
  await expect.poll(async () => (await warden.status()).converged, { timeout: 20_000 }).toBe(2);
  expect(existsSync(gone)).toBe(false);
  expect(await seen(warden, web)).toMatchObject({ state: 'destroyed', hasStorage: false });
  expect(await warden.host.ids.list()).toEqual([]);
});

test('why a jail is not destroyed of which a process lives on is told, and what helps', async () => {
  const { open, put } = await machine();
  const warden = await open();
  const web = jail(1);
  await put(warden, [lan, web]);
  const { instance, ids, paths } = warden.host;
  const base = await ids.baseOf({ instance, jailKey: web.key });
  const record = join(paths.ids, `${base}.tree`);
  await writeFile(record, `${process.pid} ${Math.ceil(uptime() * 100)}\n`);
  await put(warden, [lan, { ...web, wanted: 'destroyed', purge: true }]);
  const message = `Process ${process.pid} still has the ids from ${base}. It is the first process of jail ${web.key}`;
  expect((await warden.status()).problems).toMatchObject([
    {
      code: null,
      message: expect.stringContaining(message),
      fix: expect.stringContaining(`ps -o pid,stat,wchan:32,args -p ${process.pid}`),
    },
  ]);
  await rm(record);
  await expect.poll(async () => (await warden.status()).converged, { timeout: 20_000 }).toBe(2);
});

test('a purge that a reboot cut short goes on by the plan', async () => {
  const { open, put, directory } = await machine();
  const first = await open();
  const web = jail(1);
  await put(first, [lan, web]);
  const { gone } = jailPaths(first.host.paths, web.key);
  const refusal = otherRm(REFUSES);
  await put(first, [lan, { ...web, wanted: 'destroyed', purge: true }]);
  await first.stop();
  await rm(join(directory, 'ids'), { recursive: true });
  refusal.restore();
  const second = await open({ bootId: 'second' });
  await second.reconciler.settle();
  expect(existsSync(gone)).toBe(false);
  expect(await seen(second, web)).toMatchObject({ state: 'destroyed', hasStorage: false });
});

test('jails start and the agent answers while leftover storage takes its time to go', async () => {
  const { open, put, trees, directory } = await machine();
  const first = await open();
  const web = jail(1);
  await put(first, [lan, web]);
  trees.end(runOf(first, web), { code: null, signal: 9 });
  await first.stop();
  const gone = join(directory, 'agent/jails/.gone-zzzzzzzz');
  await mkdir(gone);
  // Takes until somebody makes the file `go`, and then refuses.
  otherRm(
    `import os, time\nwhile not os.path.exists(${JSON.stringify(join(directory, 'go'))}): time.sleep(0.05)\n${REFUSES}`,
  );
  const second = await open({ bootId: 'second' });
  await second.start();
  await expect.poll(() => trees.running(), { timeout: 10_000 }).toHaveLength(1);
  expect(existsSync(gone)).toBe(true);
  await writeFile(join(directory, 'go'), '');
  await expect
    .poll(() => second.checks.find(({ id }) => id === 'leftover-storage')?.evidence, { timeout: 10_000 })
    .toContain(gone);
});

/** All turns are taken by jails whose start lasts until `end`, and one jail waits for its turn; these were made before. */
async function oneWaits(before: SpecObject[] = []) {
  const place = await machine();
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  onTestFinished(end);
  const trees: ProcessTrees = {
    stop: (o) => place.trees.stop(o),
    wait: (o) => place.trees.wait(o),
    exec: (o) => place.trees.exec(o),
    openConsole: (o) => place.trees.openConsole(o),
    console: (o) => place.trees.console(o),
    forget: (o) => place.trees.forget(o),
    limit: (o) => place.trees.limit(o),
    status: (o) => place.trees.status(o),
    start: (o) => (isSlow ? ended : Promise.resolve()).then(() => place.trees.start(o)),
  };
  let isSlow = false;
  const warden = await place.open({ trees });
  await place.put(warden, [lan, ...before]);
  const made = place.trees.running().length;
  isSlow = true;
  const slow = Array.from({ length: 16 * cpus().length }, (_, n) => jail(n + 1));
  const late = jail(slow.length + 1);
  const done = place.put(warden, [lan, ...before, ...slow, late]);
  await expect
    .poll(async () => (await warden.host.records.keys()).length, { timeout: 20_000 })
    .toBe(made + slow.length);
  return { ...place, warden, slow, late, done, end };
}

test('a jail that is stopped while it waits for its turn is never begun', async () => {
  const { warden, put, slow, late, done, end, trees } = await oneWaits();
  const stopped = { ...late, wanted: 'stopped' as const };
  const second = put(warden, [lan, ...slow, stopped]);
  // At once, and not when its turn would have come.
  await expect.poll(async () => (await seen(warden, late))?.state, { timeout: 30_000 }).toBe('stopped');
  end();
  await Promise.all([done, second]);
  expect(trees.running()).toHaveLength(slow.length);
  const receipts = await warden.receipts.after(0, 100_000);
  expect(receipts.filter(({ body }) => body.object === `jail/${late.id}`)).toEqual([]);
  await put(warden, [lan, ...slow, { ...late, startNumber: 2 }]);
  expect(trees.running()).toContain(runOf(warden, late));
});

test('bounds that root draws tighter hold for a jail that waits for its turn', async () => {
  const { warden, directory, slow, late, done, end, trees } = await oneWaits();
  await warden.start();
  await writeFile(join(directory, 'bounds.d/50-more.yaml'), `maxJails: ${slow.length}\n`, { mode: 0o644 });
  await expect.poll(async () => (await warden.status()).refused, { timeout: 30_000 }).toHaveLength(1);
  end();
  await done;
  expect(trees.running()).toHaveLength(slow.length);
  expect(trees.running()).not.toContain(runOf(warden, late));
});

test('when the machine goes down no jail is begun any more', async () => {
  const { warden, slow, late, end, trees } = await oneWaits();
  let begun = 0;
  const { start } = trees;
  trees.start = (o) => {
    begun += 1;
    return start.call(trees, o);
  };
  const down = warden.stopWithMachine();
  end();
  await down;
  expect(begun).toBe(slow.length);
  expect(trees.running()).toEqual([]);
  expect(await warden.host.records.read(late.key)).toBeNull();
});

test('an address leaves a jail that runs at once, though its next holder would wait for its turn', async () => {
  const holder = jail(5_000);
  const from = addressSpec(1, holder, '10.77.1.5');
  const { warden, put, slow, late, done, end, trees } = await oneWaits([holder, from]);
  const left = { ...from, wanted: 'absent' as const };
  const to = addressSpec(2, late, '10.77.1.5');
  const moved = put(warden, [lan, holder, left, ...slow, late, to]);
  const receipts = async (kind: string) =>
    (await warden.receipts.after(0, 100_000)).filter(({ body }) => body.step.kind === kind);
  await expect
    .poll(async () => (await receipts('address.remove')).map(({ body }) => body.object), { timeout: 30_000 })
    .toEqual([`address/${left.id}`]);
  expect(trees.running()).toEqual([runOf(warden, holder)]);
  end();
  await Promise.all([done, moved]);
  expect(trees.running()).toHaveLength(slow.length + 2);
  expect((await warden.status()).addresses).toContainEqual(
    expect.objectContaining({ id: to.id, jail: late.id, state: 'present' }),
  );
});

test('what is left of throw-away jails and of images and cannot be removed keeps no agent from starting', async () => {
  const { open, kernel } = await machine();
  const first = await open();
  const { instance, paths } = first.host;
  await first.stop();
  const [stuck, other] = ['onstagea', 'onstageb'].map((key) => netnsPath(instance, key)) as [string, string];
  for (const path of [stuck, other]) await kernel.createNetns({ path });
  const { removeNetns } = kernel;
  kernel.removeNetns = async (o) => {
    if (o.path === stuck) throw new KernelError(`remove ${stuck}`, 'EBUSY', 16);
    return removeNetns(o);
  };
  await open();
  expect(await kernel.listNetns({ directory: dirname(stuck) })).toEqual(['onstagea']);

  const left = ['.gone-a', '.work-b', '.work-c'];
  for (const name of left) await mkdir(join(paths.images, name), { recursive: true });
  const refusal = otherRm(REFUSES);
  const later = await open();
  await later.start();
  expect((await readdir(paths.images)).sort()).toEqual(left);
  refusal.restore();
  await open();
  expect(await readdir(paths.images)).toEqual([]);
});

test('no twin is walked of a jail that the bounds would not let run', async () => {
  const { open, put, directory } = await machine();
  const warden = await open();
  const file = join(directory, 'bounds.d/50-more.yaml');
  const refusal = (one: JailSpec) =>
    warden.xray(one).then(
      () => null,
      (error) => error.refusal ?? { code: 'another' },
    );
  const stopped = { wanted: 'stopped' as const };
  // The stopped ones are the first of all.
  const elsewhere = jailSpec(1, { ...stopped, settings: { root: { kind: 'dir', path: '/opt/web' } } });
  const plain = jailSpec(2, stopped);
  const running = jailSpec(3);
  await put(warden, [elsewhere, plain, running]);
  expect(await refusal(elsewhere)).toMatchObject({
    code: 'denied',
    message: "This host would not start jail1: /opt/web lies below no root prefix of this host's bounds.",
    cause: expect.stringContaining('root-prefix'),
  });
  // Nothing stands against these two but that nothing executes in memory.
  for (const one of [plain, running]) expect((await refusal(one)).code).not.toBe('denied');
  await writeFile(file, 'maxJails: 1\n', { mode: 0o644 });
  expect(await refusal(plain)).toMatchObject({
    code: 'denied',
    cause: expect.stringContaining('bounds-jails'),
  });
  expect((await refusal(running)).code).not.toBe('denied');
  await warden.holds.add(warden.ledger.spec ?? hostSpec(0, []), elsewhere.id, {
    reason: 'it is looked at',
    by: 'root',
    at: '',
  });
  expect((await refusal(elsewhere)).code).toBe('denied');

  await writeFile(file, 'maxJails: [', { mode: 0o644 });
  const blind = await open();
  expect(await blind.xray(plain).catch((error) => error.refusal)).toMatchObject({
    code: 'denied',
    cause: expect.stringContaining('bounds-unknown'),
  });
});

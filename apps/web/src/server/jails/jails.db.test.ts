import { emptyHostState } from '@cellblock/shared/host-state';
import { SomeJailSettings } from '@cellblock/shared/jail-input';
import { NO_LIMITS } from '@cellblock/shared/jail-limits';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Prisma } from '../../generated/prisma/client.ts';
import { recordStatus } from '../host-sync/record-status.ts';
import { readAddress } from '../ip-assignments/address-view.ts';
import { assignIp } from '../ip-assignments/assign-ip.ts';
import { createNetwork } from '../networks/create-network.ts';
import { readTask, taskNumber } from '../tasks/queries.ts';
import { as, made, refusal, TestHost, testDb } from '../test-fleet.ts';
import { configureJail } from './configure-jail.ts';
import { createJail } from './create-jail.ts';
import { destroyJail } from './destroy-jail.ts';
import { listJails } from './list-jails.ts';
import { purgeExpired } from './purge-expired.ts';
import { QUARANTINE_MS } from './quarantine.ts';
import { readJail } from './queries.ts';
import { restartJail } from './restart-jail.ts';
import { restoreJail } from './restore-jail.ts';
import { startJail } from './start-jail.ts';
import { stopJail } from './stop-jail.ts';

const db = testDb();
const mira = as(db);
const ALL_CONTROLLERS = ['memory', 'cpu', 'pids', 'io', 'io-weight', 'devices'];
let h1: TestHost;
const stateOf = async (task: { id: string }) => (await readTask(db, taskNumber(task.id))).state;

beforeAll(async () => {
  h1 = await TestHost.enroll(db, 'h1');
});
afterAll(() => db.$disconnect());

describe('the first jail', () => {
  test('no network: the command that makes one', async () => {
    await h1.report();
    expect(await refusal(createJail(mira, { name: 'web1' }))).toMatchObject({
      code: 'invalid',
      field: 'network',
      message: 'No network reaches host h1.',
      fix: 'Make one: cellblock network create lan --kind bridge --subnet 10.20.0.0/24 --nat --host h1; or --network none',
    });
  });

  test('a preview with its bridge shows every step and makes nothing', async () => {
    const input = { name: 'web1', makeNetwork: { name: 'lan', subnet: '10.20.0.0/24', nat: true } };
    const change = await createJail(mira, { ...input, dryRun: true });
    if (!('plan' in change)) throw new Error('not a preview');
    expect(change.plan.addresses).toEqual(['10.20.0.2']);
    const kinds = change.plan.steps.map(({ kind }) => kind);
    for (const kind of [
      'bridge.create',
      'ids.claim',
      'netns.create',
      'guard.port.add',
      'link.create',
      'process.start',
    ])
      expect(kinds).toContain(kind);
    expect(await db.jail.count()).toBe(0);
    expect(await db.network.count()).toBe(0);
    const again = await createJail(mira, { ...input, dryRun: true });
    expect('plan' in again && again.plan.hash).toBe(change.plan.hash);
  });

  test('an operator may not bring a network along', async () => {
    const otto = as(db, 'otto', 'operator');
    const makeNetwork = { name: 'lan', subnet: '10.20.0.0/24', nat: true };
    expect(await refusal(createJail(otto, { name: 'web1', makeNetwork }))).toMatchObject({ code: 'denied' });
  });

  test('is wanted with its bridge and address, and running when its host says so', async () => {
    const input = { name: 'web1', makeNetwork: { name: 'lan', subnet: '10.20.0.0/24', nat: true } };
    const preview = await createJail(mira, { ...input, dryRun: true });
    if (!('plan' in preview)) throw new Error('not a preview');
    const { object, task } = made(await createJail(mira, { ...input, plan: preview.plan.hash }));
    expect(object).toMatchObject({
      state: 'wanted',
      host: { name: 'h1' },
      addresses: [{ address: '10.20.0.2', state: 'wanted' }],
    });
    expect(await stateOf(task)).toBe('wanted');
    await h1.report();
    expect(await readJail(db, 'web1')).toMatchObject({
      state: 'running',
      converged: true,
      addresses: [{ state: 'assigned' }],
    });
    expect(await stateOf(task)).toBe('applied');
  });

  test('a plan that no longer holds is refused', async () => {
    expect(await refusal(createJail(mira, { name: 'other', plan: '0'.repeat(64) }))).toMatchObject({
      code: 'conflict',
      field: 'plan',
    });
    expect(await db.jail.count({ where: { name: 'other' } })).toBe(0);
  });

  test('its name is taken', async () => {
    expect(await refusal(createJail(mira, { name: 'web1' }))).toMatchObject({
      code: 'conflict',
      field: 'name',
      message: 'A jail web1 exists on host h1.',
    });
  });
});

describe('defaults', () => {
  test('with two networks one has to be named', async () => {
    await createNetwork(mira, { name: 'back', subnets: ['10.21.0.0/24', 'fd00:21::/64'] });
    expect(await refusal(createJail(mira, { name: 'db1' }))).toMatchObject({
      field: 'network',
      evidence: { networks: ['back', 'lan'] },
    });
  });

  test('a jail gets the next free address of each family', async () => {
    const { object } = made(await createJail(mira, { name: 'db1', network: 'back' }));
    expect(object.addresses.map(({ address }) => address)).toEqual(['10.21.0.2', 'fd00:21::2']);
  });

  test('the address asked for tells the network', async () => {
    const { object } = made(await createJail(mira, { name: 'db2', addresses: ['10.21.0.50'] }));
    expect(object.interfaces).toMatchObject([{ name: 'eth0', network: { name: 'back' } }]);
    expect(object.addresses.map(({ address }) => address)).toEqual(['10.21.0.50']);
  });

  test('with two hosts one has to be named, unless the network tells', async () => {
    await TestHost.enroll(db, 'h2');
    expect(await refusal(createJail(mira, { name: 'db3', network: null }))).toMatchObject({
      field: 'host',
      evidence: { hosts: ['h1', 'h2'] },
    });
    expect(made(await createJail(mira, { name: 'db3', network: 'lan' })).object.host.name).toBe('h1');
  });

  test('no network at all works, and an address then does not', async () => {
    expect(
      made(await createJail(mira, { name: 'lone', host: 'h1', network: null })).object.interfaces,
    ).toEqual([]);
    expect(
      await refusal(
        createJail(mira, { name: 'lone2', host: 'h1', network: null, addresses: ['10.21.0.60'] }),
      ),
    ).toMatchObject({ field: 'addresses' });
  });

  test('a host that waits for approval gets nothing', async () => {
    const h3 = await TestHost.enroll(db, 'h3');
    await db.host.update({ where: { id: h3.id }, data: { state: 'waiting' } });
    expect(await refusal(createJail(mira, { name: 'x', host: 'h3', network: null }))).toMatchObject({
      message: 'Host h3 is not approved yet.',
    });
  });

  test("the host's bounds are named early", async () => {
    const settings = { root: { kind: 'dir' as const, path: '/etc' } };
    expect(await refusal(createJail(mira, { name: 'x', network: 'lan', settings }))).toMatchObject({
      code: 'denied',
      field: 'settings.root.path',
      cause: 'Its bounds allow paths below /srv/jails.',
    });
    h1.bounds.maxMemory = 2 ** 30;
    await h1.report();
    const limits = { memory: 2 ** 31, cpus: null, pids: null };
    expect(
      await refusal(createJail(mira, { name: 'x', network: 'lan', settings: { limits } })),
    ).toMatchObject({
      field: 'settings.limits.memory',
    });
    h1.bounds.maxMemory = null;
    await h1.report();
  });

  test('a view is refused by its rule, and by the bounds, before anything is recorded', async () => {
    const settings = (source: string, readOnly = true) =>
      SomeJailSettings.parse({ view: [{ kind: 'bind', source, target: '/srv/www', readOnly }] });
    const refused = async (asked: SomeJailSettings) =>
      await refusal(createJail(mira, { name: 'x', network: 'lan', settings: asked }));
    expect(await refused(settings('/proc'))).toMatchObject({
      code: 'invalid',
      field: 'settings.view.0.source',
      evidence: { rule: 'view-source-kernel' },
    });
    expect(await refused(settings('/srv/www'))).toMatchObject({
      code: 'denied',
      field: 'settings.view.0.source',
      cause: 'Its bounds list no view prefix.',
    });
    h1.bounds.viewPrefixes = [{ path: '/srv', writable: false, idmapped: false }];
    await h1.report();
    expect(await refused(settings('/srv/www', false))).toMatchObject({
      cause: 'Its bounds name /srv without writable: true.',
    });
    expect(await refused(SomeJailSettings.parse({ devices: ['kvm'] }))).toMatchObject({
      field: 'settings.devices.0',
    });
    const asked = { name: 'viewed', network: 'lan', dryRun: true };
    expect(await createJail(mira, { ...asked, settings: settings('/srv/www') })).toHaveProperty('plan');
    h1.bounds.viewPrefixes = [];
    await h1.report();
  });

  test('a profile that was named decides about the root, another is told by the root', async () => {
    const made = async (name: string, settings: SomeJailSettings) => {
      await createJail(mira, { name, network: null, host: 'h1', settings, start: false });
      const { profile, readOnly } = (await readJail(db, name)).settings;
      await destroyJail(mira, { jail: name, purge: true });
      return { profile, readOnly };
    };
    const dir = { kind: 'dir' as const, path: '/srv/jails/x' };
    expect(await made('plain', {})).toEqual({ profile: 'daemon', readOnly: false });
    expect(await made('distro', { root: dir })).toEqual({ profile: 'system', readOnly: false });
    expect(await made('closed', { root: dir, profile: 'strict' })).toEqual({
      profile: 'strict',
      readOnly: true,
    });
  });
});

describe('acts', () => {
  test('stop, start and restart are wanted first and seen later', async () => {
    const stopped = made(await stopJail(mira, { jail: 'web1' }));
    expect(stopped.object).toMatchObject({ state: 'stopping', wanted: { state: 'stopped' } });
    await h1.report();
    expect(await readJail(db, 'web1')).toMatchObject({ state: 'stopped' });
    expect(await stateOf(stopped.task)).toBe('applied');
    expect((await refusal(stopJail(mira, { jail: 'web1' }))).message).toBe('web1 is to be stopped already.');
    const started = made(await startJail(mira, { jail: 'web1' }));
    expect(started.object).toMatchObject({ state: 'starting', wanted: { startNumber: 2 } });
    await h1.report();
    expect((await refusal(startJail(mira, { jail: 'web1' }))).fix).toContain('cellblock restart web1');
    const restarted = made(await restartJail(mira, { jail: 'web1' }));
    expect(restarted.object).toMatchObject({ state: 'starting', wanted: { startNumber: 3 } });
    await h1.report();
    expect(await readJail(db, 'web1')).toMatchObject({ state: 'running' });
  });

  test('what is overtaken before it is delivered is superseded', async () => {
    const stop = made(await stopJail(mira, { jail: 'web1' }));
    const start = made(await startJail(mira, { jail: 'web1' }));
    expect(await stateOf(stop.task)).toBe('superseded');
    await h1.report();
    expect(await stateOf(start.task)).toBe('applied');
  });

  test('an address of a stopped jail is accepted, and confirmed when it starts', async () => {
    await stopJail(mira, { jail: 'web1' });
    await h1.report();
    const given = made(await assignIp(mira, { jail: 'web1', address: '10.20.0.99' }));
    await h1.report();
    expect(await stateOf(given.task)).toBe('applied');
    expect((await readAddress(db, '10.20.0.99')).state).toBe('wanted');
    await startJail(mira, { jail: 'web1' });
    await h1.report();
    expect((await readAddress(db, '10.20.0.99')).state).toBe('assigned');
  });

  test('a configuration changes what it names', async () => {
    const limits = { ...NO_LIMITS, memory: 256 * 2 ** 20, cpus: 0.5, pids: 100 };
    const { object } = made(await configureJail(mira, { jail: 'web1', settings: { limits } }));
    expect(object.settings).toMatchObject({ limits, hostname: 'web1', boot: true });
    const preview = await configureJail(mira, { jail: 'web1', settings: { readOnly: true }, dryRun: true });
    expect('plan' in preview && preview.plan.warnings.join()).toContain(
      'readOnly: from the next start of web1.',
    );
    await h1.report();
  });

  test('limits of its processes are planned at once, or from its next start where they cannot be raised', async () => {
    const { id, key } = await db.jail.findFirstOrThrow({ where: { name: 'web1' } });
    const hostId = (await db.host.findFirstOrThrow({ where: { name: 'h1' } })).id;
    const seen = async (resourceLimits: object, raisesLimits: boolean) => {
      const process = {
        ...{ state: 'running', startNumber: (await readJail(db, id)).wanted.startNumber, pid: 4711 },
        ...{ startedAt: new Date().toISOString(), exit: null, restarts: 0, restartAt: null, resourceLimits },
      };
      const jails = [{ key, idBase: 1879048192, storage: 'safe', cgroup: null, netns: null, process }];
      const at = new Date().toISOString();
      const kernelState = { ...emptyHostState('01234567', at), jails, raisesLimits };
      await db.host.update({ where: { id: hostId }, data: { kernelState } });
    };
    const planned = async (nofile: number) => {
      const settings = { resourceLimits: { nofile } };
      const change = await configureJail(mira, { jail: 'web1', settings, dryRun: true });
      if (!('plan' in change)) throw new Error('not a preview');
      const { steps, warnings } = change.plan;
      return {
        steps: steps.filter(({ kind }) => kind === 'process.limits').map(({ text }) => text),
        warnings: warnings.filter((text) => text.startsWith('resourceLimits')),
      };
    };
    await seen({ nofile: 64 }, false);
    const waits = await planned(128);
    expect(waits.steps).toEqual([]);
    expect(waits.warnings.join()).toMatch(/from the next start of web1, all of them.*cellblock restart web1/);
    const lower = ['limit every process of jail web1 to nofile 32, while it runs'];
    expect(await planned(32)).toEqual({ steps: lower, warnings: [] });
    await seen({ nofile: 64 }, true);
    const higher = ['limit every process of jail web1 to nofile 128, while it runs'];
    expect(await planned(128)).toEqual({ steps: higher, warnings: [] });
    await db.host.update({ where: { id: hostId }, data: { kernelState: Prisma.DbNull } });
  });

  test('a limit below what runs, or that the host cannot hold, is refused before anything', async () => {
    const before = await readJail(db, 'web1');
    h1.usage = { memoryBytes: 900 * 2 ** 20, memoryNeededBytes: 600 * 2 ** 20, cpuSeconds: 1, pids: 12 };
    h1.facts.controllers = ['cpu', 'memory', 'pids'];
    await h1.report();
    const refusedLimits = async (limits: object) =>
      await refusal(configureJail(mira, { jail: 'web1', settings: { limits: { ...NO_LIMITS, ...limits } } }));
    expect(await refusedLimits({ pids: 11 })).toMatchObject({
      code: 'conflict',
      field: 'settings.limits.pids',
      cause: 'Running now: 12.',
    });
    expect(await refusedLimits({ memory: 512 * 2 ** 20 })).toMatchObject({
      field: 'settings.limits.memory',
      cause: expect.stringContaining('600M'),
    });
    expect(await refusedLimits({ ioWeight: 50 })).toMatchObject({ field: 'settings.limits.ioWeight' });
    expect((await readJail(db, 'web1')).settings).toEqual(before.settings);
    const enough = { ...NO_LIMITS, memory: 700 * 2 ** 20, pids: 12 };
    made(await configureJail(mira, { jail: 'web1', settings: { limits: enough } }));
    h1.usage = null;
    h1.facts.controllers = ALL_CONTROLLERS;
    await h1.report();
  });

  test('a directory that ends at a size is refused where the host counts no projects', async () => {
    const storage = { kind: 'directory', size: 2 ** 30, inodes: null } as const;
    const create = () =>
      createJail(mira, { name: 'ends', host: 'h1', network: null, settings: { storage }, dryRun: true });
    h1.facts.controllers = ['cpu', 'memory', 'pids'];
    await h1.report();
    expect(await refusal(create())).toMatchObject({
      code: 'conflict',
      field: 'settings.storage.size',
      cause: expect.stringContaining('prjquota'),
      fix: expect.stringContaining('--storage ext4:10G'),
    });
    // A jail that was never counted does not begin to be.
    expect(await refusal(configureJail(mira, { jail: 'web1', settings: { storage } }))).toMatchObject({
      field: 'settings.storage',
    });
    h1.facts.controllers = ['cpu', 'memory', 'pids', 'project-quota'];
    await h1.report();
    expect('plan' in (await create())).toBe(true);
    h1.facts.controllers = ALL_CONTROLLERS;
    await h1.report();
  });

  test('a directory is not made to end below what lies in it', async () => {
    const storage = { kind: 'directory', size: 2 ** 30, inodes: 1000 } as const;
    h1.facts.controllers = [...ALL_CONTROLLERS, 'project-quota'];
    await h1.report();
    made(await createJail(mira, { name: 'full', host: 'h1', network: null, settings: { storage } }));
    const counted = { storageBytes: 600 * 2 ** 20, storageFiles: 900 };
    h1.usage = { memoryBytes: 1, cpuSeconds: 1, pids: 1, ...counted };
    await h1.report();
    const asked = (part: object) =>
      configureJail(mira, { jail: 'full', settings: { storage: { ...storage, ...part } } });
    expect(await refusal(asked({ size: 512 * 2 ** 20 }))).toMatchObject({
      code: 'conflict',
      field: 'settings.storage.size',
      message: '512M is less than the files of full take.',
      cause: 'In use now: 600M.',
      fix: expect.stringContaining('cellblock exec full -- du'),
    });
    expect(await refusal(asked({ inodes: 899 }))).toMatchObject({ field: 'settings.storage.inodes' });
    expect((await readJail(db, 'full')).settings.storage).toEqual(storage);
    made(await asked({ size: 600 * 2 ** 20, inodes: 900 }));
    made(await destroyJail(mira, { jail: 'full', purge: true }));
    h1.usage = null;
    h1.facts.controllers = ALL_CONTROLLERS;
    await h1.report();
  });

  test('a silent host: unknown, never running', async () => {
    await db.host.update({ where: { id: h1.id }, data: { lastReportAt: new Date(Date.now() - 60_000) } });
    expect(await readJail(db, 'web1')).toMatchObject({ state: 'unknown', converged: false });
    await h1.report();
    expect(await readJail(db, 'web1')).toMatchObject({ state: 'running' });
  });
});

describe('trouble on the host', () => {
  test('a step that goes on failing makes the task failed, and a later success applied', async () => {
    const { task, object } = made(await createJail(mira, { name: 'sick', network: 'lan' }));
    const status = await h1.obedient();
    const event = (await readTask(db, taskNumber(task.id))).event.id;
    const problem = {
      key: `jail/${object.id}`,
      step: 'storage.create',
      code: 'ENOSPC',
      message: 'no space left on device',
      fix: 'Free some space.',
      cause: event,
      generation: status.accepted,
      at: new Date().toISOString(),
      attempts: 1,
      nextTryAt: new Date().toISOString(),
    };
    const seen = status.jails.map((jail) =>
      jail.id === object.id ? { ...jail, state: 'stopped' as const, startNumber: 0 } : jail,
    );
    const sick = { ...status, converged: 0, jails: seen, addresses: [], problems: [problem] };
    await recordStatus(db, h1.id, sick);
    expect(await readTask(db, taskNumber(task.id))).toMatchObject({
      state: 'accepted',
      message: expect.stringContaining('tried again'),
    });
    await recordStatus(db, h1.id, { ...sick, problems: [{ ...problem, attempts: 3 }] });
    expect(await readTask(db, taskNumber(task.id))).toMatchObject({
      state: 'failed',
      refusal: { fix: 'Free some space.' },
    });
    await h1.report();
    expect(await stateOf(task)).toBe('applied');
    const outcomes = await db.auditEvent.findMany({ where: { intent: event }, orderBy: { at: 'asc' } });
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['failed', 'applied']);
  });

  test("what the host's bounds refuse ends as refused", async () => {
    const { task, object } = made(await createJail(mira, { name: 'forbidden', network: 'lan' }));
    const status = await h1.obedient();
    const event = (await readTask(db, taskNumber(task.id))).event.id;
    const refused = [{ key: `jail/${object.id}`, rule: 'maxJails', message: 'too many jails', cause: event }];
    const jails = status.jails.filter(({ id }) => id !== object.id);
    await recordStatus(db, h1.id, { ...status, jails, addresses: [], refused });
    expect(await readTask(db, taskNumber(task.id))).toMatchObject({
      state: 'refused',
      message: 'Host h1 refuses it: too many jails',
    });
    await h1.report();
  });
});

describe('destroy', () => {
  test('keeps it for 24 hours: addresses go, the name stays taken, restore brings it back', async () => {
    const { task } = made(await destroyJail(mira, { jail: 'db1' }));
    expect((await readAddress(db, '10.21.0.2')).state).toBe('releasing');
    await h1.report();
    expect(await stateOf(task)).toBe('applied');
    expect(await readJail(db, 'db1')).toMatchObject({
      state: 'destroyed',
      restorableUntil: expect.any(String),
    });
    expect((await listJails(db, {})).jails.map(({ name }) => name)).not.toContain('db1');
    expect((await refusal(createJail(mira, { name: 'db1', network: 'lan' }))).fix).toContain(
      'cellblock restore db1',
    );
    expect((await refusal(startJail(mira, { jail: 'db1' }))).fix).toContain('cellblock restore db1');
    const restored = made(await restoreJail(mira, { jail: 'db1' })).object;
    expect(restored).toMatchObject({ wanted: { state: 'stopped' }, restorableUntil: null });
    expect(restored.addresses.map(({ address }) => address)).toEqual(['10.21.0.2', 'fd00:21::2']);
  });

  test('purge frees the name when the host has confirmed it; history stays', async () => {
    await h1.report();
    const { object, task } = made(await destroyJail(mira, { jail: 'db2', purge: true }));
    expect(object.restorableUntil).toBe(null);
    expect((await refusal(restoreJail(mira, { jail: 'db2' }))).message).toContain('purged');
    await h1.report();
    expect(await stateOf(task)).toBe('applied');
    expect((await refusal(readJail(db, 'db2'))).code).toBe('not-found');
    expect([...(await h1.spec()).objects.keys()]).not.toContain(`jail/${object.id}`);
    const again = made(await createJail(mira, { name: 'db2', network: 'back' })).object;
    expect(again.id).not.toBe(object.id);
    expect((await readAddress(db, '10.21.0.50')).history[0]).toMatchObject({
      jail: { id: object.id, name: 'db2' },
    });
  });
});

test('the list is filtered by the one filter language', async () => {
  const names = async (q: string) => (await listJails(db, { q })).jails.map(({ name }) => name);
  expect(await names('ip:10.20.0.99')).toEqual(['web1']);
  expect(await names('state:running name:web*')).toEqual(['web1']);
  expect(await refusal(listJails(db, { q: 'stat:x' }))).toMatchObject({
    field: 'q',
    fix: 'Did you mean state?',
  });
});

test('what was in quarantine for 24 hours is purged by itself, and that is recorded', async () => {
  const { object } = made(await createJail(mira, { name: 'brief', network: 'lan' }));
  await destroyJail(mira, { jail: 'brief' });
  await h1.report();
  const soon = new Date(Date.now() + QUARANTINE_MS - 60_000);
  expect(await purgeExpired(db, soon)).toBe(0);
  expect(await purgeExpired(db, new Date(Date.now() + QUARANTINE_MS))).toBe(1);
  await h1.report();
  expect((await db.jail.findUniqueOrThrow({ where: { id: object.id } })).goneAt).toBeTruthy();
  const event = await db.auditEvent.findFirstOrThrow({ where: { objectId: object.id, actorType: 'system' } });
  expect(event).toMatchObject({ kind: 'jail.destroy', phase: 'intent', actorId: 'quarantine' });
});

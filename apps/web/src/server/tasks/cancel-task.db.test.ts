import { afterAll, beforeAll, expect, test } from 'vitest';
import { readAddress } from '../ip-assignments/address-view.ts';
import { assignIp } from '../ip-assignments/assign-ip.ts';
import { moveIp } from '../ip-assignments/move-ip.ts';
import { releaseIp } from '../ip-assignments/release-ip.ts';
import { configureJail } from '../jails/configure-jail.ts';
import { createJail } from '../jails/create-jail.ts';
import { destroyJail } from '../jails/destroy-jail.ts';
import { readJail } from '../jails/queries.ts';
import { restartJail } from '../jails/restart-jail.ts';
import { startJail } from '../jails/start-jail.ts';
import { stopJail } from '../jails/stop-jail.ts';
import { createNetwork } from '../networks/create-network.ts';
import { removeNetwork } from '../networks/remove-network.ts';
import { as, made, refusal, TestHost, testDb } from '../test-fleet.ts';
import { cancelTask } from './cancel-task.ts';
import { readTask } from './queries.ts';

const db = testDb();
const mira = as(db);
let h1: TestHost;
let h2: TestHost;

beforeAll(async () => {
  h1 = await TestHost.enroll(db, 'h1');
  h2 = await TestHost.enroll(db, 'h2');
  for (const host of [h1, h2]) {
    host.facts.bridges = ['br0'];
    await host.report();
  }
  await createNetwork(mira, { name: 'segment', parent: 'br0', subnets: ['10.77.0.0/24'] });
  await createJail(mira, { name: 'here', host: 'h1', network: 'segment' });
  await createJail(mira, { name: 'there', host: 'h2', network: 'segment' });
  for (const host of [h1, h2]) await host.report();
});
afterAll(() => db.$disconnect());

/** Neither host has been told anything when it is canceled, as with a silent one. */
async function canceled(change: Parameters<typeof made>[0]): Promise<string | null> {
  const { task } = made(change);
  const view = await cancelTask(mira, { task: task.id });
  expect(view.state).toBe('canceled');
  return view.message;
}

test('a release: the jail keeps the address, and its host has nothing to do', async () => {
  const { object } = made(await assignIp(mira, { jail: 'here', address: '10.77.0.50' }));
  await h1.report();
  const before = object.current?.id;
  const message = await canceled(await releaseIp(mira, { jail: 'here', address: '10.77.0.50' }));
  expect(message).toBe('Canceled: the jail keeps the address');
  expect(await readAddress(db, '10.77.0.50')).toMatchObject({ state: 'assigned', current: { id: before } });
  await h1.report();
  expect(await readAddress(db, '10.77.0.50')).toMatchObject({ state: 'assigned', current: { id: before } });
});

test('a move that has not begun: the old holder keeps it, and the new one never hears of it', async () => {
  const moved = await moveIp(mira, { address: '10.77.0.50', jail: 'there' });
  expect(await canceled(moved)).toBe('Canceled: here keeps the address');
  for (const host of [h1, h2]) await host.report();
  expect(await readAddress(db, '10.77.0.50')).toMatchObject({
    state: 'assigned',
    current: { jail: { name: 'here' }, successor: null },
  });
});

test('a move on its way: the address comes back when the new host has confirmed that it does not have it', async () => {
  const moved = await moveIp(mira, { address: '10.77.0.50', jail: 'there' });
  await h1.report();
  expect(await canceled(moved)).toBe('Canceled: the address is moved back to here');
  // The new host may have it already: until it says no, nobody else has it.
  expect(await readAddress(db, '10.77.0.50')).toMatchObject({
    state: 'releasing',
    current: { jail: { name: 'there' }, successor: { jail: { name: 'here' } } },
  });
  for (const host of [h2, h1]) await host.report();
  expect(await readAddress(db, '10.77.0.50')).toMatchObject({
    state: 'assigned',
    current: { jail: { name: 'here' } },
  });
});

test('a stop and a restart: the jail goes on, with the start number that it has', async () => {
  const { startNumber } = (await readJail(db, 'here')).wanted;
  for (const verb of [stopJail, restartJail]) {
    await canceled(await verb(mira, { jail: 'here' }));
    expect((await readJail(db, 'here')).wanted).toEqual({ state: 'running', startNumber });
    await h1.report();
    expect(await readJail(db, 'here')).toMatchObject({ state: 'running', converged: true });
  }
});

test('a restart that its host has begun is not canceled; the next one has a number of its own', async () => {
  const { task } = made(await restartJail(mira, { jail: 'here' }));
  await db.task.update({ where: { id: Number(task.id.slice(2)) }, data: { state: 'accepted' } });
  expect(await refusal(cancelTask(mira, { task: task.id }))).toMatchObject({
    message: 'here is being started anew.',
    fix: 'Let it end: it runs then.',
  });
  expect((await readTask(db, Number(task.id.slice(2)))).state).toBe('accepted');
  await h1.report();
  const { startNumber } = (await readJail(db, 'here')).wanted;
  made(await restartJail(mira, { jail: 'here' }));
  expect((await readJail(db, 'here')).wanted.startNumber).toBe(startNumber + 1);
  await h1.report();
});

test('a start of a stopped jail: it is stopped', async () => {
  await stopJail(mira, { jail: 'here' });
  await h1.report();
  expect(await canceled(await startJail(mira, { jail: 'here' }))).toBe('Canceled: the jail is stopped');
  await h1.report();
  expect(await readJail(db, 'here')).toMatchObject({ state: 'stopped' });
  await startJail(mira, { jail: 'here' });
  await h1.report();
});

test('settings: as before, as far as nobody has set them since', async () => {
  const before = (await readJail(db, 'here')).settings;
  const first = await configureJail(mira, {
    jail: 'here',
    settings: { boot: false, environment: { SECRET: 'x' } },
  });
  const second = await configureJail(mira, { jail: 'here', settings: { environment: { SECRET: 'y' } } });
  expect(await canceled(first)).toBe('Canceled: boot as before');
  expect((await readJail(db, 'here')).settings).toEqual({ ...before, environment: { SECRET: 'y' } });
  expect(await canceled(second)).toBe('Canceled: environment as before');
  // It had set both; the other change's value was the one before.
  expect((await readJail(db, 'here')).settings.environment).toEqual({ SECRET: 'x' });
  // What has ended keeps nobody's secrets.
  await h1.report();
  const rows = await db.task.findMany({ where: { kind: 'jail.configure' } });
  expect(JSON.stringify(rows.map(({ wants }) => wants))).not.toContain('SECRET');
});

test('a destroy: the jail goes on with its addresses; a purge is not taken back', async () => {
  const { wanted, addresses } = await readJail(db, 'here');
  await canceled(await destroyJail(mira, { jail: 'here' }));
  await h1.report();
  expect(await readJail(db, 'here')).toMatchObject({ wanted, state: 'running', converged: true });
  expect((await readJail(db, 'here')).addresses.map(({ address, state }) => [address, state]).sort()).toEqual(
    addresses.map(({ address }) => [address, 'assigned']).sort(),
  );
  const { task } = made(await destroyJail(mira, { jail: 'here', purge: true }));
  expect(await refusal(cancelTask(mira, { task: task.id }))).toMatchObject({
    message: 'The purge of here cannot be taken back.',
  });
});

test('a network: it is removed; its removal is not taken back', async () => {
  const network = await createNetwork(mira, { name: 'own', host: 'h2', subnets: ['10.78.0.0/24'] });
  expect(await canceled(network)).toBe('Canceled: the network is removed');
  await h2.report();
  await createNetwork(mira, { name: 'own', host: 'h2', subnets: ['10.78.0.0/24'] });
  await h2.report();
  const { task } = made(await removeNetwork(mira, { network: 'own' }));
  expect((await refusal(cancelTask(mira, { task: task.id }))).code).toBe('conflict');
});

test('what cannot be brought back is not canceled: the task goes on', async () => {
  await createNetwork(mira, { name: 'used', host: 'h2', subnets: ['10.79.0.0/24'] });
  const { task } = made(await assignIp(mira, { jail: 'there', address: '10.77.0.60' }));
  const network = await db.task.findFirstOrThrow({ where: { kind: 'network.create', state: 'wanted' } });
  await createJail(mira, { name: 'user', host: 'h2', network: 'used' });
  expect((await refusal(cancelTask(mira, { task: `T-${network.id}` }))).message).toContain('jails are on');
  expect((await readTask(db, network.id)).state).toBe('wanted');
  expect((await readTask(db, Number(task.id.slice(2)))).state).toBe('wanted');
});

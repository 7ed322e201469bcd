import { AppError } from '@cellblock/shared/app-error';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordStatus } from '../host-sync/record-status.ts';
import { createJail } from '../jails/create-jail.ts';
import { createNetwork } from '../networks/create-network.ts';
import { as, made, refusal, TestHost, testDb } from '../test-fleet.ts';
import { readAddress } from './address-view.ts';
import { assignIp } from './assign-ip.ts';
import { moveIp } from './move-ip.ts';
import { releaseIp } from './release-ip.ts';

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
  await createNetwork(mira, { name: 'lan', subnets: ['10.0.0.0/24'], host: 'h1' });
  await createNetwork(mira, {
    name: 'segment',
    parent: 'br0',
    subnets: ['10.9.0.0/24'],
    gateway: '10.9.0.1',
  });
  for (const name of ['web1', 'web2']) await createJail(mira, { name, host: 'h1', network: 'lan' });
  await createJail(mira, { name: 'far', host: 'h2', network: 'segment' });
  await createJail(mira, { name: 'near', host: 'h1', network: 'segment' });
  for (const host of [h1, h2]) await host.report();
});
afterAll(() => db.$disconnect());

describe('assign', () => {
  test('an address is wanted first, and assigned when its host says so', async () => {
    const { object, task } = made(await assignIp(mira, { jail: 'web1', address: '10.0.0.20' }));
    expect(object).toMatchObject({
      state: 'wanted',
      current: { jail: { name: 'web1' }, assignedBy: 'mira' },
    });
    expect(task).toMatchObject({ state: 'wanted', by: 'mira' });
    await h1.report();
    expect(await readAddress(db, '10.0.0.20')).toMatchObject({ state: 'assigned' });
    const row = await db.task.findFirstOrThrow({ where: { id: Number(task.id.slice(2)) } });
    expect(row.state).toBe('applied');
  });

  test('without an address the next free one is given', async () => {
    const next = made(await assignIp(mira, { jail: 'web2' }));
    expect(next.object.address).toBe('10.0.0.4');
  });

  test('a held one is refused with its holder', async () => {
    const said = await refusal(assignIp(mira, { jail: 'web2', address: '10.0.0.20' }));
    expect(said).toMatchObject({
      code: 'conflict',
      field: 'address',
      evidence: { kind: 'assigned', holder: { name: 'web1' }, state: 'assigned' },
    });
    expect(said.fix).toContain('cellblock ip move 10.0.0.20 web2');
  });

  test.each([
    ['10.0.0.0', 'network-or-broadcast'],
    ['10.0.0.255', 'network-or-broadcast'],
    ['10.0.0.1', 'gateway'],
    ['10.200.0.1', 'outside-pool'],
  ])('%s is refused: %s', async (address, kind) => {
    expect((await refusal(assignIp(mira, { jail: 'web2', address }))).evidence?.kind).toBe(kind);
  });

  test('an address of the other family is refused', async () => {
    const said = await refusal(assignIp(mira, { jail: 'web2', network: 'lan', address: 'fd00::5' }));
    expect(said.evidence?.kind).toBe('family-mismatch');
  });

  test('an address that a host has itself is refused', async () => {
    h1.facts.addresses.push({ link: 'br0', prefix: '10.9.0.77/24' });
    await h1.report();
    const said = await refusal(assignIp(mira, { jail: 'near', address: '10.9.0.77' }));
    expect(said).toMatchObject({ evidence: { kind: 'duplicate-on-wire', host: 'h1', link: 'br0' } });
  });

  test('a network that does not reach the jail is refused', async () => {
    const said = await refusal(assignIp(mira, { jail: 'far', address: '10.0.0.50' }));
    expect(said.message).toBe('Network lan does not reach far.');
  });

  test('a jail that is not there is refused with the command that lists them', async () => {
    expect(await refusal(assignIp(mira, { jail: 'nobody' }))).toMatchObject({
      code: 'not-found',
      field: 'jail',
      fix: 'List them: cellblock ls',
    });
  });

  test('a preview changes nothing and shows the steps', async () => {
    const before = await db.auditEvent.count();
    const change = await assignIp(mira, { jail: 'web1', address: '10.0.0.99', dryRun: true });
    if (!('plan' in change)) throw new Error('not a preview');
    expect(change.plan.addresses).toEqual(['10.0.0.99']);
    expect(change.plan.steps.map(({ text }) => text).join('\n')).toContain('10.0.0.99');
    expect((await readAddress(db, '10.0.0.99')).state).toBe('free');
    expect(await db.auditEvent.count()).toBe(before);
  });
});

describe('release', () => {
  test('a silent host keeps it releasing: nobody else can have it', async () => {
    await assignIp(mira, { jail: 'web1', address: '10.0.0.30' });
    await h1.report();
    await releaseIp(mira, { jail: 'web1', address: '10.0.0.30' });
    expect((await readAddress(db, '10.0.0.30')).state).toBe('releasing');
    const said = await refusal(assignIp(mira, { jail: 'web2', address: '10.0.0.30' }));
    expect(said).toMatchObject({ evidence: { kind: 'assigned', state: 'releasing' } });
    expect(await refusal(releaseIp(mira, { jail: 'web1', address: '10.0.0.30' }))).toMatchObject({
      message: '10.0.0.30 is already being taken back from web1.',
    });
  });

  test('a report from before the release was accepted does not end it', async () => {
    const status = await h1.obedient();
    await recordStatus(db, h1.id, { ...status, accepted: status.accepted - 1, converged: 0 });
    expect((await readAddress(db, '10.0.0.30')).state).toBe('releasing');
  });

  test('another host cannot end it', async () => {
    const word = (await h1.obedient()).addresses;
    await recordStatus(db, h2.id, { ...(await h2.obedient()), accepted: 999, addresses: word });
    expect((await readAddress(db, '10.0.0.30')).state).toBe('releasing');
  });

  test('the confirmation ends it; then it cools for everybody but its last holder', async () => {
    await h1.report();
    const view = await readAddress(db, '10.0.0.30');
    expect(view).toMatchObject({ state: 'cooling', current: null });
    expect(view.history[0]?.seenGone).toBeTruthy();
    const said = await refusal(assignIp(mira, { jail: 'web2', address: '10.0.0.30' }));
    expect(said).toMatchObject({ evidence: { kind: 'cooling', lastHolder: { name: 'web1' } } });
    const again = made(await assignIp(mira, { jail: 'web1', address: '10.0.0.30' }));
    expect(again.object.history).toHaveLength(2);
  });

  test('the holder retakes what is still being taken back', async () => {
    await h1.report();
    await releaseIp(mira, { jail: 'web1', address: '10.0.0.30' });
    const again = made(await assignIp(mira, { jail: 'web1', address: '10.0.0.30' }));
    expect(again.object).toMatchObject({ state: 'assigned', current: { wantedUntil: null } });
    expect(again.object.history).toHaveLength(2);
  });

  test('what a jail does not have is refused with its holder', async () => {
    expect(await refusal(releaseIp(mira, { jail: 'web2', address: '10.0.0.30' }))).toMatchObject({
      code: 'not-found',
      cause: 'web1 has it.',
      fix: 'cellblock ip release web1 10.0.0.30',
    });
  });

  test('force is for administrators, wants a reason and stays marked', async () => {
    const operator = as(db, 'otto', 'operator');
    const input = { jail: 'web1', address: '10.0.0.30', forceUnconfirmed: true };
    expect((await refusal(releaseIp(operator, { ...input, reason: 'x' }))).code).toBe('denied');
    expect(await refusal(releaseIp(mira, input))).toMatchObject({ code: 'invalid', field: 'reason' });
    const { object } = made(await releaseIp(mira, { ...input, reason: 'h1 burned down' }));
    expect(object.state).toBe('cooling');
    expect(object.history[0]?.forced).toEqual({ by: 'mira', reason: 'h1 burned down' });
  });
});

describe('move', () => {
  test('on one host the successor is in the spec at once, and the removal opens its interval', async () => {
    await assignIp(mira, { jail: 'web1', address: '10.0.0.40' });
    await h1.report();
    const moving = made(await moveIp(mira, { address: '10.0.0.40', jail: 'web2' }));
    expect(moving.object).toMatchObject({
      state: 'releasing',
      current: { successor: { jail: { name: 'web2' } } },
    });
    const wanted = [...(await h1.spec()).objects.values()]
      .filter((object) => object.kind === 'address' && object.address === '10.0.0.40')
      .map((object) => object.wanted);
    expect(wanted.sort()).toEqual(['absent', 'present']);
    expect((await refusal(moveIp(mira, { address: '10.0.0.40', jail: 'web2' }))).message).toContain(
      'moving from web1 to web2',
    );
    await h1.report();
    const view = await readAddress(db, '10.0.0.40');
    expect(view).toMatchObject({ state: 'assigned', current: { jail: { name: 'web2' } } });
    const [now, before] = view.history;
    expect(now?.wantedFrom).toBe(before?.wantedUntil);
    expect(Date.parse(now?.seenFrom ?? '')).toBeGreaterThanOrEqual(Date.parse(before?.seenGone ?? ''));
  });

  test('to another host it goes only when the first has confirmed that it is gone', async () => {
    const { address } = made(await assignIp(mira, { jail: 'near' })).object;
    await h1.report();
    await moveIp(mira, { address, jail: 'far' });
    const onH2 = async () =>
      [...(await h2.spec()).objects.values()].filter(
        (object) => object.kind === 'address' && object.address === address,
      );
    await h2.report();
    expect(await onH2()).toEqual([]);
    expect((await readAddress(db, address)).state).toBe('releasing');
    await h1.report();
    expect(await onH2()).toMatchObject([{ wanted: 'present' }]);
    await h2.report();
    expect(await readAddress(db, address)).toMatchObject({
      state: 'assigned',
      current: { jail: { name: 'far' }, host: { name: 'h2' } },
    });
  });

  test('an administrator ends a move without the word of a host that is lost', async () => {
    const { address } = made(await assignIp(mira, { jail: 'near' })).object;
    await h1.report();
    await moveIp(mira, { address, jail: 'far' });
    const before = (await h2.spec()).generation;
    await releaseIp(mira, { jail: 'near', address, forceUnconfirmed: true, reason: 'h1 burned down' });
    expect((await h2.spec()).generation).toBeGreaterThan(before);
    await h2.report();
    expect(await readAddress(db, address)).toMatchObject({
      state: 'assigned',
      current: { jail: { name: 'far' } },
    });
  });

  test('an address that its host cannot read is not taken for gone', async () => {
    const { address } = made(await assignIp(mira, { jail: 'near' })).object;
    await h1.report();
    await releaseIp(mira, { jail: 'near', address });
    const status = await h1.obedient();
    const { id } = await db.ipAssignment.findFirstOrThrow({ where: { address, seenGone: null } });
    const addresses = status.addresses.filter((one) => one.id !== id);
    const refused = [{ key: `address/${id}`, rule: 'unreadable', message: 'unreadable', cause: null }];
    await recordStatus(db, h1.id, { ...status, addresses, refused });
    expect((await readAddress(db, address)).state).toBe('releasing');
    await recordStatus(db, h1.id, { ...status, addresses });
    expect((await readAddress(db, address)).state).toBe('cooling');
  });

  test('what nobody has cannot be moved', async () => {
    expect(await refusal(moveIp(mira, { address: '10.0.0.201', jail: 'web1' }))).toMatchObject({
      code: 'not-found',
      fix: 'Assign it: cellblock ip assign web1 10.0.0.201',
    });
  });

  test('to a jail on a host that the network does not reach it is refused', async () => {
    expect((await refusal(moveIp(mira, { address: '10.0.0.40', jail: 'far' }))).message).toBe(
      'Network lan does not reach far.',
    );
  });
});

test('the database refuses a second open interval of one address', async () => {
  const row = await db.ipAssignment.findFirstOrThrow({ where: { seenGone: null } });
  const twice = db.$executeRaw`
    INSERT INTO ip_assignment (id, network_id, address, prefix_length, jail_id, interface_id, host_id, network_name,
      jail_name, interface_name, host_name, wanted_from, held, assign_event, assigned_by)
    SELECT gen_random_uuid(), network_id, address, prefix_length, jail_id, interface_id, host_id, network_name,
      jail_name, interface_name, host_name, clock_timestamp(), tstzrange(clock_timestamp(), NULL), assign_event, 'x'
    FROM ip_assignment WHERE id = ${row.id}::uuid`;
  await expect(twice).rejects.toThrow(/23P01|no_address_is_held_twice/);
});

test('64 callers at once on a /26: no duplicate, exactly full, then a refusal that counts', async () => {
  await createNetwork(mira, { name: 'race', subnets: ['10.26.0.0/26'], host: 'h1' });
  const jail = made(await createJail(mira, { name: 'racer', host: 'h1', network: null })).object;
  const callers = Array.from({ length: 64 }, (_, n) =>
    assignIp(as(db, `p${n}`), { jail: jail.id, network: 'race' }).then(
      (change) => made(change).object.address,
      (error: unknown) => error as AppError,
    ),
  );
  const answers = await Promise.all(callers);
  const given = answers.filter((answer) => typeof answer === 'string');
  // 64 addresses without network, broadcast and gateway.
  expect(given).toHaveLength(61);
  expect(new Set(given).size).toBe(61);
  const refused = answers.filter((answer) => answer instanceof AppError);
  expect(refused).toHaveLength(3);
  expect(refused[0]?.refusal).toMatchObject({
    code: 'conflict',
    message:
      'Pool race of network race has no free address: of 61 are 61 assigned, 0 reserved, 0 releasing, 0 cooling.',
    evidence: { assigned: 61, reserved: 0, releasing: 0, cooling: 0 },
  });
}, 120_000);

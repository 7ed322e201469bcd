import { CLI_OUTPUT } from '@cellblock/shared/cli-output';
import { netnsPath } from '@cellblock/shared/owned-names';
import type { AddressView } from '@cellblock/shared/views/address-view';
import { expect, test } from '@playwright/test';
import { type Claim, captureClaims, handover } from './stand/capture.ts';
import { type Fleet, makeFleet } from './stand/fleet.ts';
import type { Host } from './stand/host.ts';
import { answerFrom, gapOf, newNonce, nonceCommand, watchFrom, watchFromJail } from './stand/nonce.ts';
import { mustRun, runProgram } from './stand/run-program.ts';

test.describe.configure({ mode: 'serial' });

/** requirement: whatever was killed, the state converges this soon after it is back */
const CONVERGES_MS = 10_000;
/** The dashboard hears of a mended link when TCP tries again, or when the agent dials anew (at most 5 s). */
const DIALS_ANEW_MS = 20_000;

/** A jail on a host of its own, between which the addresses move. */
interface Side {
  jail: string;
  host: Host;
  nonce: string;
  mac: string;
  pid: number;
}

let fleet: Fleet;
const sides: Side[] = [];
test.beforeAll(async () => {
  test.setTimeout(900_000);
  fleet = await makeFleet(['h1', 'h2']);
  await fleet.makeSegmentNetwork();
  for (const [index, jail] of ['left', 'right'].entries()) {
    const [host, nonce] = [fleet.hosts[index] as Host, newNonce()];
    await fleet.must(['create', jail, '--host', host.host, '--', ...nonceCommand(nonce)]);
    sides.push({ jail, host, nonce, mac: await macOf(host, jail), pid: await pidOf(jail) });
  }
  await fleet.must(['create', 'third', '--host', 'h1']);
});
test.afterAll(async () => {
  test.setTimeout(180_000);
  await fleet?.close();
});

const pidOf = async (jail: string) => (await fleet.json<{ seen: { pid: number } }>('show', jail)).seen.pid;
const view = (address: string) => fleet.json<AddressView>('ip', 'show', address);
const historyOf = async (address: string) =>
  CLI_OUTPUT['ip history'].parse(await fleet.json('ip', 'history', address));
const atNow = async (address: string) =>
  CLI_OUTPUT['ip at'].parse(await fleet.json('ip', 'at', address, new Date().toISOString()));

const ADDRESSES = ['10.99.0.80', 'fd99::80'];
/** Who has the address now, and who does not: the tests move it to and fro. */
async function parties(address: string): Promise<{ from: Side; to: Side }> {
  const [left, right] = sides as [Side, Side];
  const holder = (await view(address)).current?.jail.name;
  if (holder === undefined) await fleet.must(['ip', 'assign', left.jail, address]);
  return holder === right.jail ? { from: right, to: left } : { from: left, to: right };
}

/** An agent that was killed runs again; how long its programs take to start is not what is measured. */
async function startAgain({ host }: Side): Promise<void> {
  host.start();
  await expect.poll(() => host.pidOf('dialer').catch(() => 0), { timeout: 120_000 }).toBeGreaterThan(0);
}

for (const address of ADDRESSES) {
  test(`${address} moves to another host: never two holders on the wire`, async () => {
    test.setTimeout(300_000);
    const [from, to] = sides as [Side, Side];
    await fleet.must(['ip', 'assign', from.jail, address]);
    const capture = await captureClaims(fleet.segment, [address]);
    const [outside, third] = await Promise.all([
      watchFrom(fleet.segment.outside, address),
      watchFromJail(fleet, 'third', address),
    ]);
    await fleet.must(['ip', 'move', address, to.jail]);
    const gaps = {
      outside: gapOf(await outside.heard, from.nonce, to.nonce),
      third: gapOf(await third.heard, from.nonce, to.nonce),
    };
    const { lastOfOld, firstOfNew } = handover(await capture.stop(), address, from.mac, to.mac);
    const [young, old] = await historyOf(address);
    expect([old?.jail.name, young?.jail.name]).toEqual([from.jail, to.jail]);
    // Not before its host had confirmed that the old holder lost it did the new one speak.
    expect(firstOfNew).toBeGreaterThanOrEqual(Date.parse(old?.seenGone ?? ''));
    expect(Date.parse(young?.seenFrom ?? '')).toBeGreaterThanOrEqual(Date.parse(old?.seenGone ?? ''));
    const wire = firstOfNew - lastOfOld;
    const words = `gap of ${address}: outside ${gaps.outside.toFixed(0)} ms, third jail ${gaps.third.toFixed(0)} ms, on the wire ${wire.toFixed(0)} ms`;
    test.info().annotations.push({ type: 'gap', description: words });
    console.log(words);
    for (const side of sides) expect(await pidOf(side.jail)).toBe(side.pid);
  });
}

test('control: two holders made by hand are seen on the wire, and only with the guard off', async () => {
  test.setTimeout(300_000);
  const [address = ''] = ADDRESSES;
  const [left, right] = sides as [Side, Side];
  const instance = left.host.instance();
  const { key } = await jailOnHost(left.host, left.jail);
  const inJail = (...argv: string[]) => mustRun(argv, { netns: netnsPath(instance, key) });
  const warden = await left.host.pidOf('warden');
  // Nobody mends what we do by hand.
  process.kill(warden, 'SIGSTOP');
  try {
    await inJail('ip', 'addr', 'add', `${address}/24`, 'dev', 'eth0');
    expect(await spokenByHand(address, inJail, right)).toEqual([right.mac]);
    const table = ['table', 'bridge', `cellblock_${instance}`];
    await mustRun(['nft', 'delete', ...table], { netns: left.host.netns });
    expect(await spokenByHand(address, inJail, right)).toEqual([left.mac, right.mac].sort());
  } finally {
    await runProgram(['ip', 'addr', 'del', `${address}/24`, 'dev', 'eth0'], {
      netns: netnsPath(instance, key),
    });
    process.kill(warden, 'SIGCONT');
  }
  await expect
    .poll(() => runProgram(['nft', 'list', 'tables'], { netns: left.host.netns }).then((r) => r.stdout), {
      timeout: 60_000,
    })
    .toContain(`cellblock_${instance}`);
  // It has learned who has it: the segment's other machines would ask the wrong one.
  await mustRun(['ip', '-n', fleet.segment.outside.split('/').at(-1) ?? '', 'neigh', 'flush', 'all']);
  await expect.poll(() => answerFrom(fleet.segment.outside, address, 1)).toBe(right.nonce);
});

/** Whose frames claim the address while a jail sends from it by hand, and its holder answers a client. */
async function spokenByHand(
  address: string,
  inJail: (...argv: string[]) => Promise<unknown>,
  holder: Side,
): Promise<string[]> {
  const capture = await captureClaims(fleet.segment, [address]);
  // With two holders it is anybody's guess who answers.
  expect(await answerFrom(fleet.segment.outside, address)).not.toBeNull();
  const call =
    'use IO::Socket::IP; IO::Socket::IP->new(LocalHost => $ARGV[0], PeerHost => $ARGV[1], PeerPort => 9, Timeout => 1)';
  await inJail('perl', '-e', `${call}; exit 0`, address, fleet.segment.outsideAddress);
  const claims = await capture.stop();
  expect(() => handover(claims, address, 'nobody', holder.mac)).toThrow();
  return [...new Set(claims.map(({ mac }) => mac))].sort();
}

/** The jail as its own host knows it. */
async function jailOnHost(host: Host, jail: string): Promise<{ key: string }> {
  const shown = await host.cellblock(['show', jail, '-o', 'json']);
  expect(shown, shown.stderr).toMatchObject({ exitCode: 0 });
  return JSON.parse(shown.stdout) as { key: string };
}

async function macOf(host: Host, jail: string): Promise<string> {
  const { key } = await jailOnHost(host, jail);
  const netns = netnsPath(host.instance(), key);
  const { stdout } = await mustRun(['ip', '-j', 'link', 'show', 'eth0'], { netns });
  return (JSON.parse(stdout) as { address: string }[])[0]?.address ?? '';
}

interface Fault {
  what: string;
  /** before the move is asked for */
  before?: (side: { from: Side; to: Side }) => Promise<unknown>;
  /** after it was acknowledged */
  during: (side: { from: Side; to: Side }, address: string) => Promise<unknown>;
  /** what brings it back */
  back?: (side: { from: Side; to: Side }) => Promise<unknown>;
}

const FAULTS: Fault[] = [
  {
    what: "the old host's warden is killed at once",
    during: async ({ from }) => process.kill(await from.host.pidOf('warden'), 'SIGKILL'),
  },
  {
    what: "the new host's agent is killed at once",
    during: ({ to }) => to.host.killAgent(),
    back: ({ to }) => startAgain(to),
  },
  {
    what: 'the dashboard is killed at once',
    during: async () => process.kill(await fleet.pidOf('dashboard'), 'SIGKILL'),
  },
  {
    what: 'the old host is cut off before it hears of the move, and then its whole agent is killed',
    before: ({ from }) => from.host.cut(),
    during: async ({ from, to }, address) => {
      const word = await view(address);
      expect(word).toMatchObject({
        state: 'releasing',
        current: { jail: { name: from.jail }, successor: { jail: { name: to.jail } } },
      });
      expect((await atNow(address)).text).toContain(`${from.host.host} has not confirmed that it is gone`);
      await from.host.killAgent();
      // Its jail serves on, without agent and dashboard.
      expect(await answerFrom(fleet.segment.outside, address)).toBe(from.nonce);
    },
    back: async ({ from }) => {
      await startAgain(from);
      await from.host.mend();
    },
  },
  {
    what: 'the new host is cut off before it hears of the move, and then its whole agent is killed',
    before: ({ to }) => to.host.cut(),
    during: async ({ from, to }, address) => {
      await goneAtOld(from, to, address);
      expect((await atNow(address)).text).toContain(`not confirmed by ${to.host.host}`);
      expect(await answerFrom(fleet.segment.outside, address, 1)).toBeNull();
      await to.host.killAgent();
    },
    back: async ({ to }) => {
      await startAgain(to);
      await to.host.mend();
    },
  },
  {
    what: 'the dashboard is killed between the confirmation of the old host and the word to the new one',
    before: ({ to }) => to.host.cut(),
    during: async ({ from, to }, address) => {
      await goneAtOld(from, to, address);
      process.kill(await fleet.pidOf('dashboard'), 'SIGKILL');
    },
    back: ({ to }) => to.host.mend(),
  },
];

/** The old host has confirmed, and the new one was told nothing. */
async function goneAtOld(from: Side, to: Side, address: string): Promise<void> {
  await expect
    .poll(async () => (await view(address)).current?.jail.name, { timeout: DIALS_ANEW_MS })
    .toBe(to.jail);
  const [young, old] = await historyOf(address);
  expect(old).toMatchObject({ jail: { name: from.jail }, seenGone: expect.any(String) });
  expect(young).toMatchObject({ jail: { name: to.jail }, seenFrom: null });
}

for (const fault of FAULTS) {
  test(`${fault.what}: one holder or none, and the history says which`, async () => {
    test.setTimeout(300_000);
    const [address = ''] = ADDRESSES;
    const { from, to } = await parties(address);
    const capture = await captureClaims(fleet.segment, [address]);
    const listening = keepAsking(address);
    let claims: Claim[] = [];
    try {
      await fault.before?.({ from, to });
      const asked = await fleet.must(['ip', 'move', address, to.jail, '--no-wait', '-o', 'name']);
      await fault.during({ from, to }, address);
      await fault.back?.({ from, to });
      const back = Date.now();
      await expect
        .poll(() => answerFrom(fleet.segment.outside, address, 1), { timeout: CONVERGES_MS + DIALS_ANEW_MS })
        .toBe(to.nonce);
      console.log(`${fault.what}: converged ${Date.now() - back} ms after it was back`);
      await expect
        .poll(() => stateOfTask(asked.trim()), { timeout: CONVERGES_MS + DIALS_ANEW_MS })
        .toBe('applied');
    } finally {
      await listening.stop();
      claims = await capture.stop();
    }
    handover(claims, address, from.mac, to.mac);
    const [young, old] = await historyOf(address);
    expect(young).toMatchObject({ jail: { name: to.jail }, seenFrom: expect.any(String), seenGone: null });
    expect(old).toMatchObject({ jail: { name: from.jail }, seenGone: expect.any(String), forced: null });
    expect(Date.parse(young?.seenFrom ?? '')).toBeGreaterThanOrEqual(Date.parse(old?.seenGone ?? ''));
    for (const side of sides) expect(await pidOf(side.jail), side.jail).toBe(side.pid);
  });
}

test('the audit history has each move once, with what each host did', async () => {
  const [address = ''] = ADDRESSES;
  const { events } = CLI_OUTPUT['audit search'].parse(
    await fleet.json('audit', 'search', `kind:ip.move object:${address}`),
  );
  const asked = events.filter(({ phase }) => phase === 'intent').map(({ id }) => id);
  const applied = events.filter(({ outcome }) => outcome === 'applied').map(({ intent }) => intent?.id ?? '');
  expect(asked.length).toBeGreaterThan(0);
  expect(applied.sort()).toEqual(asked.sort());
});

async function stateOfTask(task: string): Promise<string> {
  const shown = await fleet.cellblock(['task', 'show', task, '-o', 'json']);
  return shown.exitCode === 0 ? (JSON.parse(shown.stdout) as { state: string }).state : shown.stderr;
}

/** Outside asks a few times a second, so that whoever has the address is heard on the wire. */
function keepAsking(address: string): { stop(): Promise<void> } {
  let over = false;
  const asking = (async () => {
    while (!over) {
      await answerFrom(fleet.segment.outside, address, 1);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  return {
    stop: async () => {
      over = true;
      await asking;
    },
  };
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JailSpec } from '@cellblock/shared/host-spec';
import { NO_LIMITS } from '@cellblock/shared/jail-limits';
import { cgroupName } from '@cellblock/shared/owned-names';
import { READER_WINDOW } from '@cellblock/shared/stream-reader';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  BOMBS,
  type Bomb,
  LOOPS,
  LOOPS_USE_SECONDS,
  lastGot,
  TIGHT,
  TIGHT_CPUS,
  WIDE,
} from '../src/warden/answers/bombs.ts';
import { nonceServer } from './nonce-server.ts';
import { addressSpec, interfaceSpec, jailSpec, networkSpec } from './spec-builders.ts';
import { Stand } from './stand.ts';

const MiB = 2 ** 20;
const CLIENT = join(import.meta.dirname, 'latency-client.mjs');
/** What a busy machine adds to the slowest answers by itself. */
const NOISE_MS = 25;
const AGENT_ANSWERS_MS = 5_000;
const CLEANED_MS = 5_000;

let stand: Stand;
beforeAll(async () => {
  stand = await Stand.open();
  await stand.start();
  await stand.accept([lan, bombed, wide, neighbour, addressSpec(1, neighbour, NEIGHBOUR)]);
  await stand.until('all run', (status) => status.jails.every(({ state }) => state === 'running'), 30_000);
});
afterAll(() => stand.close());

const NEIGHBOUR = '10.77.1.20';
const lan = networkSpec(1);
/** The hostile one, with limits. */
const bombed = jailSpec(1, {
  settings: { ...TIGHT, limits: { ...NO_LIMITS, ...TIGHT.limits } },
});
/** The control: the same jail with wider limits, which are what keeps this machine from harm. */
const wide = jailSpec(2, {
  settings: { ...WIDE, limits: { ...NO_LIMITS, ...WIDE.limits } },
});
const neighbour = jailSpec(3, {
  interfaces: [interfaceSpec(3, lan)],
  settings: { command: nonceServer('unharmed'), limits: { ...NO_LIMITS, memory: 64 * MiB, pids: 30 } },
});

/** Sets a bomb off in a jail; answers how much it got and how it ended. */
async function setOff(jail: JailSpec, bomb: Bomb): Promise<{ got: number; code: number | null }> {
  const { output, code } = await exec(jail, ['/usr/bin/perl', '-e', bomb.program(bomb.most)]);
  return { got: lastGot(output), code };
}

async function exec(jail: JailSpec, command: string[]): Promise<{ output: string; code: number | null }> {
  return await stand.ask(async (agent) => {
    const { session } = await agent.jail.execOpen.mutate({ jail: jail.id, command, cause: null });
    return await new Promise((resolve, reject) => {
      let output = '';
      agent.jail.execOutput.subscribe(
        { session },
        {
          onData: (piece) => {
            const { type, data, code } = piece as { type: string; data?: string; code?: number | null };
            if (type === 'output') output += Buffer.from(data ?? '', 'base64').toString();
            if (type === 'exit') resolve({ output, code: code ?? null });
          },
          onError: reject,
        },
      );
    });
  });
}

/** A command that writes without end, until `enough` has come of it or for `forMs`; answers how much came, in bytes. */
async function flood(jail: JailSpec, o: { reader?: string; enough: number; forMs: number }): Promise<number> {
  return await stand.ask(async (agent) => {
    const command = ['/usr/bin/perl', '-e', 'print "x" x 65536 while 1'];
    const { session } = await agent.jail.execOpen.mutate({ jail: jail.id, command, cause: null });
    let came = 0;
    const late = performance.now() + o.forMs;
    const { reader } = o;
    const flowing = agent.jail.execOutput.subscribe(
      { session, ...(reader === undefined ? {} : { reader }) },
      {
        onData: (piece) => {
          if (piece.type === 'output') came += piece.data.length;
        },
      },
    );
    while (came < o.enough && performance.now() < late) await new Promise((go) => setTimeout(go, 50));
    await agentAnswers();
    flowing.unsubscribe();
    return came;
  });
}

const residentOf = (pid: number) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;

test('a flood that its reader does not take waits in the jail; control: one that says nothing is sent all', async () => {
  const reader = '00000000-0000-4000-8000-0000000000f1';
  const before = residentOf(stand.pid);
  const came = await flood(wide, { reader, enough: 16 * MiB, forMs: 1_000 });
  expect(came).toBeGreaterThan(READER_WINDOW / 2);
  expect(came).toBeLessThan(2 * READER_WINDOW);
  expect(residentOf(stand.pid) - before).toBeLessThan(64 * MiB);
  expect(await flood(wide, { enough: 16 * MiB, forMs: 30_000 })).toBeGreaterThanOrEqual(16 * MiB);
});

/** The hundredth part of the neighbour's answers took longer than this, in ms. */
async function slowest(forMs: number): Promise<number> {
  const took = JSON.parse(
    await stand.inside(null, process.execPath, CLIENT, NEIGHBOUR, '5', String(forMs)),
  ) as number[];
  expect(took.length).toBeGreaterThan(5);
  return took.sort((a, b) => a - b)[Math.floor(took.length * 0.99)] ?? Number.MAX_VALUE;
}

const processesOf = async (jail: JailSpec) =>
  (await stand.kernel.readCgroup({ name: cgroupName(stand.instance, jail.key) }))?.pids ?? [];

/**
 * Does a thing that a neighbour must not notice; answers what it answered. What a busy machine does to the slowest
 * answers is no harm of the neighbour's, and is not there each time: one quiet look of three is enough, and harm shows
 * in all of them.
 */
async function unnoticed<T>(act: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  const looks: string[] = [];
  for (let look = 0; look < 3; look += 1) {
    const calm = await slowest(500);
    const [result, during] = await Promise.all([act(), slowest(1_400), agentAnswers()]);
    results.push(result);
    const usual = Math.max(calm, await slowest(500));
    if (during < 1.5 * usual + NOISE_MS) return results;
    looks.push(`${during} ms beside ${usual} ms`);
  }
  throw new Error(`the neighbour answered late each time: ${looks.join(', ')}`);
}

async function agentAnswers(): Promise<void> {
  const asked = performance.now();
  await stand.status();
  expect(performance.now() - asked).toBeLessThan(AGENT_ANSWERS_MS);
}

describe.each(BOMBS.map((bomb) => [bomb.name, bomb] as const))('a bomb of %s', (_, bomb) => {
  test('gets what its limit allows, and its neighbour and the agent are unharmed', async () => {
    const before = await processesOf(bombed);
    for (const { got } of await unnoticed(() => setOff(bombed, bomb))) {
      expect(got).toBeLessThanOrEqual(bomb.holds);
      expect(got).toBeGreaterThan(0);
    }
    // Nothing of it is left, and the jail itself goes on
    const ended = performance.now();
    await expect.poll(() => processesOf(bombed), { timeout: CLEANED_MS }).toEqual(before);
    expect((await exec(bombed, ['/bin/echo', 'here'])).output).toBe('here\n');
    expect(performance.now() - ended).toBeLessThan(CLEANED_MS);
  });

  test('control: in a jail with wider limits the same bomb gets more', async () => {
    const { got } = await setOff(wide, bomb);
    expect(got).toBeGreaterThanOrEqual(bomb.withoutLimit);
    expect(got).toBeGreaterThan(bomb.holds);
  });
});

describe('a bomb of loops', () => {
  const burn = async (jail: JailSpec) => {
    const name = cgroupName(stand.instance, jail.key);
    const held = async () => (await stand.kernel.readCgroupUsage({ name }))?.throttledTimes ?? 0;
    const before = await held();
    const { output } = await exec(jail, ['/usr/bin/perl', '-e', LOOPS]);
    const seconds = Number(/^took ([\d.]+)$/m.exec(output)?.[1]);
    return { seconds, held: (await held()) - before };
  };

  test('waits for its share, and its neighbour and the agent are unharmed; control: without a limit none waits', async () => {
    for (const { seconds } of await unnoticed(() => burn(bombed))) {
      expect(seconds).toBeGreaterThan((LOOPS_USE_SECONDS / TIGHT_CPUS) * 0.8);
    }
    // So that the control is one on a busy machine too: what this host's jails get together, and it most of that
    const [ours = ''] = cgroupName(stand.instance, wide.key).split('/');
    await stand.kernel.setCgroupLimits({ name: ours, limits: { cpuWeight: 10_000 } });
    const free = await burn(wide);
    await stand.kernel.setCgroupLimits({ name: ours, limits: { cpuWeight: null } });
    expect(free.held).toBe(0);
    expect(LOOPS_USE_SECONDS / free.seconds).toBeGreaterThan(TIGHT_CPUS);
  });
});

test('what was killed for its memory is counted, and nobody else was', async () => {
  const kills = async (jail: JailSpec) =>
    (await stand.status()).jails.find(({ id }) => id === jail.id)?.oomKills ?? null;
  await expect.poll(() => kills(bombed), { timeout: 10_000 }).toBeGreaterThan(0);
  expect(await kills(neighbour)).toBe(0);
  expect(await kills(wide)).toBe(0);
});

test('a limit below what runs is refused by the kernel too, and everything stays as it was', async () => {
  const name = cgroupName(stand.instance, wide.key);
  const holds = exec(wide, [
    '/usr/bin/perl',
    '-e',
    "my $held = 'x' x (32 << 20); print 'held'; sleep 8; exit 7",
  ]);
  const needed = async () => (await stand.kernel.readCgroupUsage({ name }))?.memoryNeededBytes ?? 0;
  await expect.poll(needed, { timeout: 6_000 }).toBeGreaterThan(32 * MiB);
  const tight = { ...wide, settings: { ...wide.settings, limits: { ...NO_LIMITS, memory: 16 * MiB } } };
  await stand.accept([lan, bombed, tight, neighbour, addressSpec(1, neighbour, NEIGHBOUR)]);
  const { problems } = await stand.until('it is told', (status) => status.problems.length > 0);
  expect(problems[0]).toMatchObject({
    code: 'EBUSY',
    step: expect.stringMatching(/^limit jail jail2 to 16777216/),
  });
  expect((await stand.kernel.readCgroup({ name }))?.limits).toMatchObject({ memory: 400 * MiB, pids: 200 });
  expect(await holds).toMatchObject({ output: 'held', code: 7 });
  // What held it has ended: the next pass finds it possible
  await stand.until('converged', (status) => status.problems.length === 0, 40_000);
  expect((await stand.kernel.readCgroup({ name }))?.limits).toMatchObject({ memory: 16 * MiB, pids: null });
});

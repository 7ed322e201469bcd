import { execFile, spawn } from 'node:child_process';
import { verify } from 'node:crypto';
import { chmod, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ConsoleRingReader } from '@cellblock/native/console-ring';
import { canonicalJson } from '@cellblock/shared/canonical-json';
import type { AddressSpec, JailSpec, SpecObject } from '@cellblock/shared/host-spec';
import { netnsPath } from '@cellblock/shared/owned-names';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { IdRanges } from '../src/warden/id-ranges.ts';
import { jailPaths } from '../src/warden/paths.ts';
import { receiptHash } from '../src/warden/receipts.ts';
import { nonceServer } from './nonce-server.ts';
import { addressSpec, interfaceSpec, jailSpec, networkSpec } from './spec-builders.ts';
import { Stand } from './stand.ts';
import { rawKey } from './test-dashboard.ts';

const run = promisify(execFile);
const CLIENT = join(import.meta.dirname, 'nonce-client.mjs');

let stand: Stand;
let before: Awaited<ReturnType<typeof leftovers>>;
beforeAll(async () => {
  stand = await Stand.open();
  before = await leftovers();
  await stand.start();
});
afterAll(() => stand.close());

const lan = networkSpec(1);
const jails = [1, 2, 3].map((n) =>
  jailSpec(n, {
    interfaces: [interfaceSpec(n, lan)],
    settings: { command: nonceServer(`word${n}`), restart: 'no' },
  }),
) as [JailSpec, JailSpec, JailSpec];
const [web1, web2, third] = jails;
const own = jails.map((jail, n) => addressSpec(n + 1, jail, `10.77.1.1${n + 1}`));
const absent = (address: AddressSpec): AddressSpec => ({ ...address, wanted: 'absent' });

/** Each question starts a process, and the machine may be busy. */
const BUSY = { timeout: 10_000 };

/** What the address says when it is asked from a jail's network, or the host's; `-` when nobody answers. */
async function word(from: JailSpec | null, address: string): Promise<string> {
  const out = await stand.inside(from?.key ?? null, process.execPath, CLIENT, address, '1', '1');
  return out.trim().split(' ')[1] ?? '-';
}

async function whenConverged(objects: SpecObject[]) {
  await stand.accept(objects);
  return stand.until(
    'converged',
    (status) => status.accepted === stand.testDashboard.generation && status.converged === status.accepted,
  );
}

const startOf = (status: Awaited<ReturnType<Stand['status']>>, jail: JailSpec) =>
  status.jails.find(({ id }) => id === jail.id)?.pid;

/** Everything that could be left of an agent, in the whole machine. */
async function leftovers() {
  const { stdout: links } = await run('nsenter', [`--net=${stand.netns}`, 'ip', '-o', 'link']);
  const { stdout: tables } = await run('nsenter', [`--net=${stand.netns}`, 'nft', 'list', 'tables']);
  const { stdout: mounts } = await run('cat', ['/proc/self/mountinfo']);
  const groups = await run('find', ['/sys/fs/cgroup', '-maxdepth', '3', '-name', 'cellblock-*']);
  const names = (text: string) => text.split('\n').sort();
  return {
    links: links
      .split('\n')
      .map((line) => line.split(':')[1])
      .sort(),
    tables: names(tables),
    mounts: mounts.split('\n').filter((line) => line.includes(stand.directory)),
    groups: names(groups.stdout).filter((line) => line.includes(stand.instance)),
    ids: await ownClaims(),
    namespaces: await readdir(`/run/cellblock/${stand.instance}`).catch(() => []),
  };
}

async function ownClaims(): Promise<string[]> {
  const { stdout } = await run('sh', [
    '-c',
    `grep -l ${stand.instance} /run/cellblock/ids/* 2>/dev/null || true`,
  ]);
  return stdout.split('\n').filter((line) => line !== '');
}

test('three jails start and each serves its word on its address, to the host and to each other', async () => {
  const status = await whenConverged([lan, ...jails, ...own]);
  expect(status.problems).toEqual([]);
  expect(status.jails.map(({ state }) => state)).toEqual(['running', 'running', 'running']);
  await expect.poll(() => word(null, '10.77.1.11'), BUSY).toBe('word1');
  await expect.poll(() => word(third, '10.77.1.12'), BUSY).toBe('word2');
  expect(new Set(status.jails.map(({ idBase }) => idBase)).size).toBe(3);
});

test('a second address is assigned, v4 and v6, and released while the jail runs', async () => {
  const pid = startOf(await stand.status(), web1);
  const second = addressSpec(20, web1, '10.77.1.20');
  const sixth = addressSpec(21, web1, 'fd77:0:0:1::20');
  const with6 = addressSpec(22, third, 'fd77:0:0:1::30');
  await whenConverged([lan, ...jails, ...own, second, sixth, with6]);
  await expect.poll(() => word(null, '10.77.1.20'), BUSY).toBe('word1');
  await expect.poll(() => word(third, '10.77.1.20'), BUSY).toBe('word1');
  await expect.poll(() => word(null, 'fd77:0:0:1::20'), BUSY).toBe('word1');
  await expect.poll(() => word(third, 'fd77:0:0:1::20'), BUSY).toBe('word1');

  const status = await whenConverged([lan, ...jails, ...own, absent(second), absent(sixth), with6]);
  expect(status.addresses.find(({ id }) => id === second.id)?.state).toBe('absent');
  expect(await word(null, '10.77.1.20')).toBe('-');
  expect(await word(third, 'fd77:0:0:1::20')).toBe('-');
  await expect.poll(() => word(third, '10.77.1.11'), BUSY).toBe('word1');
  expect(startOf(status, web1)).toBe(pid);
});

test('a third jail sees a move within 100 ms, and no process is restarted', { retry: 2 }, async () => {
  const pids = (status: Awaited<ReturnType<Stand['status']>>) => jails.map((jail) => startOf(status, jail));
  const here = addressSpec(30, web1, '10.77.1.30');
  const there = addressSpec(31, web2, '10.77.1.30');
  const started = pids(await whenConverged([lan, ...jails, ...own, here]));
  const netns = netnsPath(stand.instance, third.key);
  const client = spawn('nsenter', [`--net=${netns}`, process.execPath, CLIENT, '10.77.1.30', '2', '2500']);
  let out = '';
  client.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  await expect.poll(() => out).toContain('word1');
  await stand.accept([lan, ...jails, ...own, absent(here), there]);
  await new Promise((resolve) => client.once('exit', resolve));
  const answers = out
    .trim()
    .split('\n')
    .map((line) => ({ at: Number(line.split(' ')[0]), word: line.split(' ')[1] }));
  const lastOld = answers.findLast((answer) => answer.word === 'word1')?.at ?? 0;
  const firstNew = answers.find((answer) => answer.word === 'word2')?.at ?? Number.POSITIVE_INFINITY;
  expect(firstNew, 'never two holders').toBeGreaterThan(lastOld);
  expect(firstNew - lastOld).toBeLessThan(100);
  expect(pids(await stand.status())).toEqual(started);
});

test('the receipts are a chain, signed by this host, and carry the event that wanted each step', async () => {
  const agent = await stand.dashboard();
  const receipts = await agent.receipts.after.query({ seq: 0, limit: 500 });
  const key = rawKey(stand.testDashboard.agentKey);
  let prev = '0'.repeat(64);
  for (const { body, signature } of receipts) {
    expect(body.prev).toBe(prev);
    expect(verify(null, Buffer.from(canonicalJson(body)), key, Buffer.from(signature, 'base64'))).toBe(true);
    prev = receiptHash(body);
  }
  const starts = receipts.filter(({ body }) => body.step.kind === 'process.start');
  // Jails that share nothing are started at the same time.
  expect(starts.map(({ body }) => body.cause).sort()).toEqual(jails.map((jail) => jail.cause).sort());
  // Control: a changed receipt does not verify.
  const first = receipts[0];
  if (!first) throw new Error('there are no receipts');
  const forged = Buffer.from(canonicalJson({ ...first.body, text: 'nothing happened' }));
  expect(verify(null, forged, key, Buffer.from(first.signature, 'base64'))).toBe(false);
});

/** Opens files every now and then, and says of each time how many it could. */
const OPENS_FILES = [
  '/usr/bin/perl',
  '-e',
  `$| = 1; while (1) { my @files; for (1..200) { open(my $file, '<', '/dev/null') or last; push @files, $file }
   print scalar(@files), "\\n"; @files = (); select undef, undef, undef, 0.05 }`,
];

test('limits of processes change while the jail runs, or from its next start where the host may not raise them', async () => {
  const limited = (nofile: number, more: Partial<JailSpec> = {}) =>
    jailSpec(4, { ...more, settings: { command: OPENS_FILES, resourceLimits: { nofile } } });
  const first = limited(512);
  const { id } = first;
  const wanted = (jail: JailSpec) => whenConverged([lan, ...jails, ...own, jail]);
  /** What the newest of its lines says, once the limit had the time to show. */
  const opened = async () => {
    const log = jailPaths(stand.paths, first.key).run;
    const ring = await ConsoleRingReader.open(log);
    if (!ring) return null;
    const chunk = await ring.read(await ring.offsetOfLastLines(1)).finally(() => ring.close());
    return Number(Buffer.from(chunk?.data ?? []).toString());
  };
  const start = startOf(await wanted(first), first);
  await expect.poll(opened, BUSY).toBe(200);

  const lowered = await wanted(limited(64));
  expect(lowered.problems).toEqual([]);
  expect(startOf(lowered, first)).toBe(start);
  await expect.poll(opened, BUSY).toBeLessThan(64);

  const higher = await wanted(limited(256));
  expect(higher.problems).toEqual([]);
  expect(startOf(higher, first)).toBe(start);
  if (await stand.kernel.mayRaiseLimits({})) await expect.poll(opened, BUSY).toBe(200);
  else expect(await opened()).toBeLessThan(64);
  const anew = await wanted(limited(256, { startNumber: 2 }));
  expect(startOf(anew, first)).not.toBe(start);
  await expect.poll(opened, BUSY).toBe(200);

  const agent = await stand.dashboard();
  const { receipts } = await stand.status();
  const done = await agent.receipts.after.query({ seq: Math.max(0, receipts - 100), limit: 100 });
  const changes = done.filter(({ body }) => body.step.kind === 'process.limits').map(({ body }) => body);
  expect(changes[0]).toMatchObject({
    text: `limit every process of jail ${first.name} to nofile 64, while it runs`,
    result: 'done',
    before: { resourceLimits: { nofile: 512 } },
    after: { resourceLimits: { nofile: 64 } },
  });
  await wanted(limited(256, { startNumber: 2, wanted: 'destroyed', purge: true }));
  expect((await stand.status()).jails.find((jail) => jail.id === id)?.state).toBe('destroyed');
});

const opened: [what: string, open: (jail: JailSpec) => Promise<unknown>][] = [
  ['the directory of the jail', (jail) => chmod(jailPaths(stand.paths, jail.key).directory, 0o755)],
  ['the directory above all of them', () => chmod(stand.paths.agent, 0o755)],
  [
    'the mount that honours no set-user-id program',
    () => run('mount', ['-o', 'remount,bind,suid,dev', stand.paths.jails]),
  ],
];

/** What lets users of the host in, or gives them what a jail's root made set-user-id. */
async function openings(jail: JailSpec): Promise<string[]> {
  const places = [jailPaths(stand.paths, jail.key).directory, stand.paths.agent];
  const modes = await Promise.all(places.map(async (place) => (await stat(place)).mode & 0o777));
  const options = (await run('findmnt', ['-no', 'OPTIONS', stand.paths.jails])).stdout.trim().split('\n');
  const has = (option: string) => options.at(-1)?.split(',').includes(option);
  return [
    ...modes.map((mode) => (mode === 0o700 ? [] : [`mode ${mode.toString(8)}`])),
    ...['nosuid', 'nodev'].map((option) => (has(option) ? [] : [`not ${option}`])),
  ].flat();
}

test('storage that was opened is closed before the next start', async () => {
  const [one, ...others] = jails;
  const agent = await stand.dashboard();
  expect(await openings(one)).toEqual([]);
  let startNumber = one.startNumber;
  for (const [what, open] of opened) {
    await whenConverged([lan, { ...one, startNumber, wanted: 'stopped' }, ...others, ...own]);
    await open(one);
    expect(await openings(one), what).not.toEqual([]);
    const { receipts: seq } = await stand.status();
    startNumber += 1;
    const status = await whenConverged([lan, { ...one, startNumber }, ...others, ...own]);
    expect(startOf(status, one), what).toBeTypeOf('number');
    expect(await openings(one), what).toEqual([]);
    const done = (await agent.receipts.after.query({ seq, limit: 100 })).map(({ body }) => body.step);
    const steps = done.filter(({ jail }) => jail === one.key).map(({ kind }) => kind);
    expect(steps, what).toContain('process.start');
    expect(steps.slice(0, steps.indexOf('process.start')), what).toContain('storage.create');
  }
});

test('a warden that is killed restarts no jail, adopts them, and closes what was opened of them meanwhile', async () => {
  const status = await stand.status();
  await stand.stop('SIGKILL');
  for (const [, open] of opened) await open(web1);
  expect(await openings(web1)).toHaveLength(4);
  await expect.poll(() => word(third, '10.77.1.11'), BUSY).toBe('word1');
  await stand.start();
  const after = await stand.until(
    'adopted',
    ({ converged, accepted }) => accepted > 0 && converged === accepted,
  );
  expect(jails.map((jail) => startOf(after, jail))).toEqual(jails.map((jail) => startOf(status, jail)));
  expect(await openings(web1)).toEqual([]);
});

test('purge leaves nothing of this instance', async () => {
  await stand.stop();
  // As spawn has written down who has them.
  const ids = new IdRanges();
  const { base } = (await ids.list()).find(({ jailKey }) => jailKey === web1.key) ?? {};
  await expect(ids.release({ instance: stand.instance, jailKey: web1.key })).rejects.toThrow(
    `still has the ids from ${base}`,
  );
  const used = await leftovers();
  expect(used.links.length).toBeGreaterThan(before.links.length);
  expect(used.mounts).not.toEqual([]);
  expect(used.ids).toHaveLength(3);
  await stand.purge();
  expect(await leftovers()).toEqual(before);
});

import { execFile } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Answer } from '@cellblock/shared/answers/answer';
import type { JailSpec } from '@cellblock/shared/host-spec';
import type { DirectoryStorage } from '@cellblock/shared/jail-storage';
import { jailPaths } from '../../src/warden/paths.ts';
import { CrashSwitch } from '../crash/crash-switch.ts';
import { jailSpec } from '../spec-builders.ts';
import { Stand } from '../stand.ts';
import type { GuestFindings } from './findings.ts';
import { oomScores } from './oom-scores.ts';
import { userQuota } from './user-quota.ts';

/**
 * Runs on a kernel that can count projects, with a data directory on a file system that does: prints what was found,
 * judges nothing. What it makes goes with its machine.
 */
const [, , place = '', programs = '', xfs = ''] = process.argv;
const SLOW = 600_000;
const MEBIBYTE = 1024 ** 2;
/** Root of the host's own. */
const CHANGED = 7;
const LIMITED: DirectoryStorage = { kind: 'directory', size: 16 * MEBIBYTE, inodes: 3000 };

const run = async (program: string, ...args: string[]) =>
  (await promisify(execFile)(program, args, { maxBuffer: 64 * MEBIBYTE })).stdout;

process.env.TMPDIR = place;
const crash = new CrashSwitch();
const stand = await Stand.open({
  program: { main: join(programs, 'warden.mjs'), env: { CELLBLOCK_CRASH: crash.directory } },
});
await stand.start();

const hostile = (n: number, storage?: DirectoryStorage) =>
  jailSpec(n, {
    settings: {
      ...(storage && { storage }),
      command: ['/usr/bin/perl', '-e', readFileSync(join(programs, 'hostile-root.pl'), 'utf8'), '48', '6000'],
      restart: 'no',
    },
  });
const limited = hostile(1, LIMITED);
const neighbour = hostile(2);
const storageOf = (jail: JailSpec) => jailPaths(stand.paths, jail.key).storage;

/** The warden ends when the directory is counted and not held to anything yet; what comes of it is told below. */
crash.arm('warden counted a directory');
const told = stand.accept([limited, neighbour]).catch(() => undefined);
if (!(await crash.whenStruck(SLOW))) throw new Error(`no directory was counted:\n${stand.wardenLog}`);
await stand.killed();
await told;
const { project } = await stand.kernel.readProject({ path: storageOf(limited) });
const quota = () => stand.kernel.readProjectQuota({ path: storageOf(limited), project });
const { bytes, inodes } = await quota();
const crashed = { project, bytes, inodes };
await stand.start();

async function saidBy(jail: JailSpec): Promise<Record<string, string>> {
  const status = await stand.until('running', ({ jails }) => pidIn(jails, jail) !== null, SLOW);
  const file = `/proc/${pidIn(status.jails, jail)}/root/tmp/said`;
  for (const end = Date.now() + SLOW; ; ) {
    const text = await promisify(execFile)('cat', [file]).catch(() => null);
    if (text)
      return Object.fromEntries(
        text.stdout
          .trim()
          .split('\n')
          .map((line) => line.split(' ')),
      );
    if (Date.now() > end) throw new Error(`${jail.name} said nothing:\n${stand.wardenLog}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

function pidIn(jails: Awaited<ReturnType<Stand['status']>>['jails'], { key }: JailSpec): number | null {
  const seen = jails.find((one) => one.key === key);
  return seen?.state === 'running' ? (seen.pid ?? null) : null;
}

/** The number of the first project after that of root of the host which has a record, as quotactl(2) finds them. */
const firstRecord = () =>
  run(
    'perl',
    '-e',
    `open my $at, '<', $ARGV[0]; my $record = "\\0" x 72;
     print syscall(443, fileno $at, 0x80000902, ${CHANGED + 1}, $record) < 0 ? "none " . ($! + 0) : unpack 'x68 L', $record`,
    place,
  );

/** What an act ended with. */
function codeOf(act: () => void): string {
  try {
    act();
    return 'done';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

const [byLimited, byNeighbour] = [await saidBy(limited), await saidBy(neighbour)];
const inProject = (await stand.kernel.readProject({ path: storageOf(limited) })).project;

await run('sync', '-f', place);
const listed = (await run('lsattr', '-paR', storageOf(limited)))
  .split('\n')
  .map((line) => /^\s*(\d+) \S+ (\/.*)$/.exec(line))
  .filter((found) => found !== null && !/\/\.{1,2}$/.test(found[2] ?? ''));
const found = (await run('find', storageOf(limited), '-printf', '%y\n')).trim().split('\n');
const neighbours = await run('lsattr', '-pd', storageOf(neighbour), join(storageOf(neighbour), 'var'));
const counted = await quota();

/** A report may be as old as the look that it rests on. */
async function reportedUse(): Promise<GuestFindings['reported']> {
  for (const end = Date.now() + SLOW; ; ) {
    const usage = (await stand.status()).jails.find(({ key }) => key === limited.key)?.usage;
    const said = { bytes: usage?.storageBytes, files: usage?.storageFiles };
    if (said.bytes === counted.usedBytes && said.files === counted.usedInodes) return said;
    if (Date.now() > end) return said;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
const reported = await reportedUse();
const neighbourUsage = (await stand.status()).jails.find(({ key }) => key === neighbour.key)?.usage;

// Between a directory of the jail, one of its neighbour, and another of its own.
const [mine, theirs] = [join(storageOf(limited), 'var'), join(storageOf(neighbour), 'var')];
for (const name of ['in', 'linked-in']) writeFileSync(join(theirs, name), 'theirs');
for (const name of ['out', 'within']) writeFileSync(join(mine, name), 'mine');
mkdirSync(join(mine, 'elsewhere'));
const moves = {
  renameIn: codeOf(() => renameSync(join(theirs, 'in'), join(mine, 'in'))),
  linkIn: codeOf(() => linkSync(join(theirs, 'linked-in'), join(mine, 'linked-in'))),
  renameWithin: codeOf(() => renameSync(join(mine, 'within'), join(mine, 'elsewhere/within'))),
  linkWithin: codeOf(() => linkSync(join(mine, 'elsewhere/within'), join(mine, 'elsewhere/linked'))),
  renameAmongUncounted: codeOf(() => renameSync(join(theirs, 'in'), join(theirs, 'moved'))),
};

// The same change by root of the host.
const scratch = join(place, 'scratch');
mkdirSync(scratch);
await stand.kernel.setProject({ path: scratch, project: CHANGED });
const changed = await stand.kernel.readProject({ path: scratch });

const larger = {
  ...limited,
  settings: { ...limited.settings, storage: { ...LIMITED, size: 64 * MEBIBYTE } },
};
await stand.accept([larger, neighbour]);
const before = pidIn((await stand.status()).jails, limited);
for (const end = Date.now() + SLOW; (await quota()).bytes !== 64 * MEBIBYTE && Date.now() < end; )
  await new Promise((resolve) => setTimeout(resolve, 200));
const raised = {
  bytes: (await quota()).bytes,
  samePid: pidIn((await stand.status()).jails, limited) === before,
};

/** Of a jail that runs: lowered, raised, which takes what root of many a machine lacks, and without one again. */
async function filesOfNeighbour(): Promise<GuestFindings['files']> {
  const pid = pidIn((await stand.status()).jails, neighbour) ?? 0;
  const held = async () => (await stand.kernel.readProcessLimits({ pid }))?.nofile?.hard;
  const asStarted = await held();
  const seen = async (resourceLimits: JailSpec['settings']['resourceLimits']) => {
    await stand.accept([larger, { ...neighbour, settings: { ...neighbour.settings, resourceLimits } }]);
    const wanted = resourceLimits.nofile ?? asStarted;
    for (const end = Date.now() + SLOW; (await held()) !== wanted && Date.now() < end; )
      await new Promise((resolve) => setTimeout(resolve, 200));
    return await held();
  };
  const [lowered, raised] = [await seen({ nofile: 64 }), await seen({ nofile: 256 })];
  const lifted = (await seen({})) === asStarted;
  const samePid = pidIn((await stand.status()).jails, neighbour) === pid;
  return { mayRaise: await stand.kernel.mayRaiseLimits({}), lowered, raised, lifted, samePid };
}
const files = await filesOfNeighbour();

const users = await userQuota({
  stand,
  jail: neighbour,
  pid: pidIn((await stand.status()).jails, neighbour) ?? 0,
  place,
});

/** Row H18, where version 2 alone has the controllers. */
const limits = await stand.ask(
  (agent) =>
    new Promise<Answer | null>((resolve, reject) => {
      agent.answers.run.subscribe(
        { mails: [], rows: ['H18'], by: 'a test' },
        {
          onData: (event) => event.type === 'ended' && resolve(event.run.answers[0] ?? null),
          onError: reject,
        },
      );
    }),
);

const recordBefore = await firstRecord();
await stand.accept([{ ...larger, wanted: 'destroyed', purge: true }, neighbour]);
await stand.until(
  'gone',
  ({ jails }) => jails.find(({ key }) => key === limited.key)?.hasStorage === false,
  SLOW,
);
await run('sync', '-f', place);
const recordAfter = await firstRecord();
const neighbourRuns = pidIn((await stand.status()).jails, neighbour) !== null;

/** What is written into a directory of an xfs that ends at 8 MiB, and beside it. */
async function onXfs(): Promise<GuestFindings['xfs']> {
  const [counted, beside] = [join(xfs, 'counted'), join(xfs, 'beside')];
  for (const directory of [counted, beside]) mkdirSync(directory);
  await stand.kernel.setProject({ path: counted, project: CHANGED });
  const limits = { path: counted, project: CHANGED, bytes: 8 * MEBIBYTE, inodes: 100 };
  await stand.kernel.setProjectQuota(limits);
  const write = (directory: string) =>
    codeOf(() => writeFileSync(join(directory, 'fill'), Buffer.alloc(16 * MEBIBYTE)));
  const ends = { counted: write(counted), beside: write(beside) };
  const set = await stand.kernel.readProjectQuota(limits);
  const never = await stand.kernel.readProjectQuota({ path: counted, project: CHANGED + 1 });
  return { ends, set, never };
}
const xfsFindings = await onXfs();

const controllers = (await stand.status()).facts.controllers ?? [];
const kept = jailSpec(3, { settings: { storage: LIMITED, command: ['/bin/sleep', '1000'], restart: 'no' } });
await stand.accept([kept, neighbour]);
await stand.until('kept runs', ({ jails }) => pidIn(jails, kept) !== null, SLOW);
const keptProject = (await stand.kernel.readProject({ path: storageOf(kept) })).project;
const keptBefore = await firstRecord();
await stand.stop();
await run(
  'nsenter',
  ...[`--net=${stand.netns}`, process.execPath, '--input-type=module', '-e'],
  `const { purge } = await import('${join(programs, 'purge.mjs')}'); await purge({ dataDirectory: '${stand.directory}' });`,
);
await run('sync', '-f', place);
const purged = { project: keptProject, before: keptBefore, after: await firstRecord() };

const findings: GuestFindings = {
  byLimited,
  byNeighbour,
  crashed,
  project: inProject,
  counted,
  reported,
  neighbourReported: neighbourUsage?.storageBytes ?? null,
  listed: listed.map((line) => Number(line?.[1])),
  found: found.length,
  neighbours,
  moves,
  changed,
  raised,
  files,
  recordBefore,
  recordAfter,
  neighbourRuns,
  controllers,
  xfs: xfsFindings,
  purged,
  users,
  limits,
  // The last: whoever is started by this program from here on has a score that others have not.
  oomScores: await oomScores({ directory: place, native: join(programs, 'native'), netns: stand.netns }),
};
writeFileSync('/run/findings.json', JSON.stringify(findings));
process.exit(0);

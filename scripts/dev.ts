import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { changedNodes, deviceNodes } from './device-nodes.ts';
import { changesSince, hostObjects } from './host-objects.ts';
import { PART_OF_ALL, runLanes } from './lanes.ts';
import { realJails } from './real-jails.ts';
import {
  NOTHING,
  type PlaywrightReport,
  sum,
  summaryLine,
  type Tally,
  tallyPlaywright,
  tallyVitest,
  type VitestReport,
} from './test-results.ts';

const repository = path.join(import.meta.dirname, '..');
const reports = mkdtempSync(path.join(tmpdir(), 'cellblock-reports-'));
/** `./dev test --keep-going` is the default; what follows a suite's name goes to its runner. */
const [verb = 'help', ...rest] = process.argv.slice(2);

function run(
  command: string,
  args: string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): boolean {
  const done = spawnSync(command, args, {
    cwd: options.cwd ?? repository,
    env: { ...process.env, ...options.env },
    stdio: 'inherit',
  });
  if (done.error) console.error(`${command}: ${done.error.message}`);
  return done.status === 0;
}

const asCheck = (passed: boolean): Tally => ({ passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0 });

/** One pass of checks: each counts as one test. */
function check(commands: [string, ...string[]][], cwds: string[] = ['.']): Tally {
  return sum(
    cwds.flatMap((cwd) =>
      commands.map(([command, ...args]) => asCheck(run(command, args, { cwd: path.join(repository, cwd) }))),
    ),
  );
}

/** The oldest PostgreSQL that we promise to work with: Debian 12's. */
const OLDEST_POSTGRES = '/usr/lib/postgresql/15';

/** The same suite on the embedded PostgreSQL and on the oldest that DATABASE_URL may name. */
function onBothDatabases(): Tally {
  return sum([vitest('db'), vitest('db', { CELLBLOCK_TEST_POSTGRES: OLDEST_POSTGRES })]);
}

function vitest(project: string, env: NodeJS.ProcessEnv = {}): Tally {
  const outputFile = path.join(reports, `${project}-${Object.keys(env).length}.json`);
  const ended = run(
    'vitest',
    [
      'run',
      '--project',
      project,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${outputFile}`,
      ...rest,
    ],
    { env },
  );
  if (!existsSync(outputFile)) return asCheck(false);
  return failUnless(ended, tallyVitest(JSON.parse(readFileSync(outputFile, 'utf8')) as VitestReport));
}

function playwright(): Tally {
  const outputFile = path.join(reports, 'e2e.json');
  const ended = run('node_modules/.bin/playwright', ['test', '--reporter=list,json', ...rest], {
    cwd: path.join(repository, 'e2e'),
    env: { PLAYWRIGHT_JSON_OUTPUT_FILE: outputFile },
  });
  if (!existsSync(outputFile)) return asCheck(false);
  return failUnless(ended, tallyPlaywright(JSON.parse(readFileSync(outputFile, 'utf8')) as PlaywrightReport));
}

/** A runner that reports success but ends with an error (a leak, a failed tear-down) has failed. */
const failUnless = (ended: boolean, tally: Tally): Tally =>
  ended || tally.failed > 0 ? tally : { ...tally, failed: 1 };

/** The root suites make and remove kernel objects: never on a machine where somebody's jails live. */
function onTestMachine(suite: () => Tally): Tally {
  if (process.getuid?.() !== 0) {
    console.error('this suite needs root: it makes namespaces, mounts and links.\n  fix: sudo ./dev kernel');
    return asCheck(false);
  }
  const found = process.env[PART_OF_ALL] ? [] : realJails();
  if (found.length > 0) {
    console.error(
      `this suite refuses to run on a host with real jails:\n  ${found.join('\n  ')}\n` +
        '  fix: use another machine, or end them (cellblock down; cellblock agent purge).',
    );
    return asCheck(false);
  }
  // Of suites beside each other nobody can tell whose something is: all together are looked at.
  if (process.env[PART_OF_ALL]) return suite();
  const before = hostObjects();
  return sum([suite(), nothingLeft(before)]);
}

/** A suite that leaves something on the host, or takes something away, has failed. */
function nothingLeft(before: readonly string[]): Tally {
  const changed = changesSince(before);
  for (const line of changed) console.error(`the tests changed the host: ${line}`);
  return changed.length === 0 ? NOTHING : asCheck(false);
}

interface Suite {
  says: string;
  run: () => Tally;
  /** it fails when it took longer, on two cores, beside whatever runs beside it in `./dev test` */
  atMostMinutes?: number;
}

const suites: Record<string, Suite> = {
  format: {
    says: 'every file is formatted (to format: ./dev format --write)',
    run: () => check([['biome', 'format', ...rest, '.']]),
  },
  lint: {
    says: 'no lint finding',
    run: () => check([['biome', 'lint', '--error-on-warnings', ...rest, '.']]),
  },
  types: {
    says: 'every package type-checks',
    run: () =>
      check(
        [['tsc', '-p', '.']],
        ['.', 'packages/shared', 'packages/native', 'apps/agent', 'apps/cli', 'apps/web', 'e2e'],
      ),
  },
  directions: {
    says: 'imports point the way ARCHITECTURE.md says',
    run: () => check([['node', 'scripts/check-directions.ts']]),
  },
  unit: { says: 'rules, without root, kernel or database', run: () => vitest('unit') },
  db: { says: 'verbs on a real PostgreSQL of their own, embedded and 15', run: onBothDatabases },
  kernel: { says: 'the kernel itself (root)', run: () => onTestMachine(() => vitest('root')) },
  crash: {
    says: 'every program killed after every step (root)',
    run: () => onTestMachine(() => vitest('crash')),
  },
  cycles: {
    says: 'a thousand jails made and removed, with crashes (root)',
    run: () => onTestMachine(() => vitest('cycles')),
  },
  attack: {
    says: 'hostile jails against the host and each other, and the mutants that must fail (root)',
    run: () => onTestMachine(() => vitest('attack')),
    atMostMinutes: 10,
  },
  e2e: { says: 'the product in Chromium, against real jails (root)', run: () => onTestMachine(playwright) },
};

/** What the compilers make must be there before types and tests are looked at. */
function prepare(): boolean {
  return run('flock', ['node_modules/.cellblock-build.lock', 'node', 'scripts/prepare.ts']);
}

/** What it makes in network and mount namespaces of its own ends with them. */
function bench(): boolean {
  const apart = ['--net', '--mount', '--propagation', 'private'];
  return run('unshare', [...apart, 'node', 'bench/run.ts', ...rest]);
}

function report(name: string, suite: Omit<Suite, 'says'>): Tally {
  const started = performance.now();
  console.error(`\n── ${name}`);
  const nodes = deviceNodes();
  const ran = suite.run();
  const changed = changedNodes(nodes, deviceNodes());
  for (const line of changed) console.error(`this suite changed a device node of the machine: ${line}`);
  const seconds = (performance.now() - started) / 1000;
  const isLong = seconds > (suite.atMostMinutes ?? Number.POSITIVE_INFINITY) * 60;
  if (isLong) console.error(`this suite must end within ${suite.atMostMinutes} minutes`);
  const tally = sum([
    ran,
    ...(changed.length > 0 ? [asCheck(false)] : []),
    ...(isLong ? [asCheck(false)] : []),
  ]);
  console.error(`── ${name}: ${summaryLine(tally)} (${seconds.toFixed(1)} s)`);
  return tally;
}

/** Beside each other run those that wait more than they work; each has hosts, ids and groups of its own. */
const LANES = [['kernel'], ['db', 'attack', 'cycles']];
const ALONE_FIRST = ['format', 'lint', 'types', 'directions', 'unit'];
/** What says within which time a host is right again must not share the machine. */
const ALONE_LAST = ['crash', 'e2e'];

async function all(): Promise<Tally> {
  const alone = (names: string[]) =>
    names.map((name) => report(name, suites[name] ?? { run: () => asCheck(false) }));
  const prepared = report('prepare', { run: () => asCheck(prepare()) });
  const first = alone(ALONE_FIRST);
  // With somebody's jails here the root suites refuse, each for itself.
  const together = realJails().length === 0;
  const lanes = together ? await lanesLeavingNothing() : alone(LANES.flat());
  return sum([prepared, ...first, ...lanes, ...alone(ALONE_LAST)]);
}

async function lanesLeavingNothing(): Promise<Tally[]> {
  // Without root the suites say so, each for itself.
  if (process.getuid?.() !== 0) return runLanes(LANES);
  const before = hostObjects();
  return [...(await runLanes(LANES)), nothingLeft(before)];
}

async function main(): Promise<number> {
  if (verb === 'test') {
    const tally = await all();
    console.log(summaryLine(tally));
    return tally.failed === 0 ? 0 : 1;
  }
  if (verb === 'bench') return prepare() && bench() ? 0 : 1;
  const suite = suites[verb];
  if (!suite) {
    console.log('./dev test        everything; the last line is its sum');
    for (const [name, one] of Object.entries(suites)) console.log(`./dev ${name.padEnd(12)}${one.says}`);
    console.log('./dev bench       measures against the peers and writes bench/RESULTS.md (root)');
    return verb === 'help' ? 0 : 2;
  }
  const needsPrepared = !['format', 'lint', 'directions'].includes(verb);
  if (needsPrepared && !process.env[PART_OF_ALL] && !prepare()) return 1;
  const tally = report(verb, suite);
  console.log(summaryLine(tally));
  return tally.failed === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} finally {
  rmSync(reports, { recursive: true, force: true });
}

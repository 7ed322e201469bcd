import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { CRASH_POINTS } from '../../packages/shared/src/crash-points.ts';
import { Step } from '../../packages/shared/src/step.ts';
import { crashBundles, shippedBundles } from '../assemble/bundles.ts';
import { repository } from '../assemble/stage.ts';

const CALL = /(?:crashHere\?\.\(|CRASH_POINT\()\s*(['"`])(.*?)\1/g;

const sources = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', 'apps', 'packages/native/cpp'],
  { cwd: repository, encoding: 'utf8' },
)
  .split('\n')
  .filter((file) => /\/(src|cpp)\/.*\.(ts|cc)$/.test(file) && !/\.test\.ts$/.test(file))
  .map((file) => ({ file, text: readFileSync(path.join(repository, file), 'utf8') }));

/** As they are written: a kind of step or a file's name stands as `${…}`. */
const called = sources.flatMap(({ file, text }) =>
  [...text.matchAll(CALL)].map((match) => ({ file, point: match[2] ?? '' })),
);

test('every registered point is in one place of the product, and no place has one that is not registered', () => {
  const kinds = Step.options.map(({ shape }) => shape.kind.value as string);
  const pattern = (point: string) =>
    new RegExp(`^${point.replace(/\./g, '\\.').replace(/\$\{.*?\}/g, '[^ ]+')}$`);
  for (const point of CRASH_POINTS) {
    const places = called.filter((call) => pattern(call.point).test(point));
    expect(places, point).toHaveLength(1);
  }
  for (const { file, point } of called)
    expect(
      CRASH_POINTS.some((registered) => pattern(point).test(registered)),
      `${file}: ${point}`,
    ).toBe(true);
  expect(kinds.every((kind) => CRASH_POINTS.some((point) => point === `warden did ${kind}`))).toBe(true);
});

/** What makes something durable or shows it to others, and so must have a point beside it. */
const STAGES: { in: RegExp; makes: RegExp; except: RegExp }[] = [
  {
    in: /^apps\/agent\/src\/warden\//,
    makes: /\b(rename|datasync|link)\(/,
    // A corrupt ledger put aside, an unpacked tarball, an image, a finished template or file system: each is one
    // rename, and no act of its own.
    except: /(ledger|tar-root|etc-copies|file-storage|image-store)\.ts$/,
  },
  {
    in: /^apps\/web\/src\/server\/(change-fleet\.ts|host-sync\/|audit\/append-leaves|tasks\/settle)/,
    makes: /\$transaction\(/,
    // It only tells browsers that a host fell silent.
    except: /sync-loop\.ts$|\.db\.test\.ts$/,
  },
];

test('whatever writes durably has a point', () => {
  for (const stage of STAGES) {
    const files = sources.filter(
      ({ file, text }) => stage.in.test(file) && stage.makes.test(text) && !stage.except.test(file),
    );
    expect(files.length).toBeGreaterThan(2);
    for (const { file } of files)
      expect(
        called.some((call) => call.file === file),
        `${file} has no crash point`,
      ).toBe(true);
  }
});

test('what is shipped has no trace of them', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'cellblock-bundles-'));
  try {
    await shippedBundles(path.join(directory, 'shipped'));
    await crashBundles(path.join(directory, 'crash'));
    const built = path.join(repository, 'packages/native/build/bin');
    const shipped = [...textsOf(path.join(directory, 'shipped')), ...programs(built, '')];
    expect(shipped.length).toBeGreaterThanOrEqual(8);
    for (const { name, text } of shipped) {
      expect(text.includes('crashHere'), name).toBe(false);
      expect(text.includes('CELLBLOCK_CRASH'), name).toBe(false);
      for (const { point } of called) expect(text.includes(fixed(point)), `${name}: ${point}`).toBe(false);
    }
    // The control: the same search finds them in what the crash suite runs.
    const crashing = textsOf(path.join(directory, 'crash'))
      .map(({ text }) => text)
      .join();
    for (const { point, file } of called.filter((call) => call.file.endsWith('.ts')))
      expect(crashing.includes(fixed(point)), `${file}: ${point}`).toBe(true);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}, 120_000);

/** What a bundler leaves of a point as it is: all of it, or what stands before `${…}`. */
const fixed = (point: string) => point.split('${')[0] ?? '';

function textsOf(directory: string): { name: string; text: string }[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.mjs'))
    .map((name) => ({ name, text: readFileSync(path.join(directory, name), 'utf8') }));
}

function programs(directory: string, suffix: string): { name: string; text: string }[] {
  return ['spawn', 'keeper'].map((name) => ({
    name: `${name}${suffix}`,
    text: readFileSync(path.join(directory, `${name}${suffix}`), 'latin1'),
  }));
}

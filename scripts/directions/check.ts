import path from 'node:path';
import { importsOf } from './imports.ts';
import { BANNED_NAMES, ENTRIES, LAYERS, type Layer } from './layers.ts';

export type SourceFile = { path: string; text: string };
export type Violation = { file: string; line: number; says: string };

const PACKAGES: Record<string, string> = {
  '@cellblock/shared/': 'packages/shared/src/',
  '@cellblock/native/': 'packages/native/lib/',
  '@cellblock/agent/': 'apps/agent/src/',
  '@cellblock/web/': 'apps/web/src/',
  '@cellblock/cli/': 'apps/cli/src/',
};

/** Everything that goes the wrong way, in any of the files. Paths are relative to the repository. */
export function checkDirections(files: SourceFile[]): Violation[] {
  const known = new Set(files.map((file) => file.path));
  return files.flatMap((file) => [
    ...nameViolations(file),
    ...importViolations(file, known),
    ...routerViolations(file),
  ]);
}

function nameViolations({ path: file }: SourceFile): Violation[] {
  if (!BANNED_NAMES.test(path.basename(file))) return [];
  return [{ file, line: 1, says: 'the name says nothing; name the file after the one thing it holds' }];
}

function importViolations(file: SourceFile, known: Set<string>): Violation[] {
  const from = layerOf(file.path);
  if (!from)
    return [{ file: file.path, line: 1, says: 'the file is in no layer of scripts/directions/layers.ts' }];
  return importsOf(file.text).flatMap(({ specifier, typeOnly, line }) => {
    const target = resolve(file.path, specifier, known);
    if (target === null) return [];
    const to = layerOf(target);
    const says = to
      ? refusal(from, to, target, typeOnly, isTest(file.path))
      : `imports ${target}, which is in no layer`;
    return says ? [{ file: file.path, line, says }] : [];
  });
}

function refusal(from: Layer, to: Layer, target: string, typeOnly: boolean, test: boolean): string | null {
  if (ENTRIES.includes(target)) return `imports ${target}: nothing imports an entry`;
  if (from === to || from.imports.includes(to.name)) return null;
  if (typeOnly && from.types?.includes(to.name)) return null;
  if (test && mayTest(from, to)) return null;
  if (from.types?.includes(to.name)) return `${from.name} may import types only from ${to.name} (${target})`;
  return `${from.name} must not import ${to.name} (${target})`;
}

/** A test stands above what it tests, and uses what its package's tests and the suites share. */
function mayTest(from: Layer, to: Layer): boolean {
  return (
    ['cli', 'scripts'].includes(from.name) ||
    ['scripts', 'verbs'].includes(to.name) ||
    to.name.endsWith('-tests')
  );
}

const isTest = (file: string) => /\.test\.tsx?$/.test(file) || /\/test\//.test(file);

function layerOf(file: string): Layer | undefined {
  const fits = LAYERS.flatMap((layer) =>
    layer.paths.filter((prefix) => file.startsWith(prefix)).map((prefix) => ({ layer, prefix })),
  );
  return fits.sort((a, b) => b.prefix.length - a.prefix.length)[0]?.layer;
}

/** The file of ours that is meant; null for a library. */
function resolve(from: string, specifier: string, known: Set<string>): string | null {
  const bare = bareTarget(from, specifier);
  if (bare === null) return null;
  const candidates = [bare, `${bare}.ts`, `${bare}.tsx`, `${bare}/index.ts`];
  return candidates.find((candidate) => known.has(candidate)) ?? bare;
}

function bareTarget(from: string, specifier: string): string | null {
  if (specifier.startsWith('.')) return path.posix.join(path.posix.dirname(from), specifier);
  if (specifier.startsWith('@/')) return `apps/web/src/${specifier.slice(2)}`;
  for (const [prefix, directory] of Object.entries(PACKAGES)) {
    if (specifier.startsWith(prefix)) return directory + specifier.slice(prefix.length);
  }
  return null;
}

/** A router is input → verb: it takes its procedures from trpc.ts, where none is without a permission. */
function routerViolations({ path: file, text }: SourceFile): Violation[] {
  if (!file.startsWith('apps/web/src/server/api/routers/') || isTest(file)) return [];
  return text.split('\n').flatMap((line, index) => {
    const at = { file, line: index + 1 };
    if (/\binitTRPC\b|\bt\.procedure\b/.test(line)) {
      return [
        { ...at, says: 'makes a procedure without a permission; use procedure(PERMISSION) of trpc.ts' },
      ];
    }
    if (/\bprocedure\(\s*\)/.test(line)) return [{ ...at, says: 'a procedure must declare its permission' }];
    return [];
  });
}

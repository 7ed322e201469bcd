/** One import of a file, as it is written. */
export type Import = { specifier: string; typeOnly: boolean; line: number };

const STATEMENT =
  /(?:^|\n)[ \t]*(import|export)\s+(type\s+)?(?:(?:[\w$*{}\s,]|\bas\b)*?\sfrom\s+)?(['"])([^'"\n]+)\3/g;
const DYNAMIC = /\bimport\(\s*(['"])([^'"\n]+)\1\s*\)/g;
/** `import { type A, type B } from …` imports types only, too. */
const NAMED = /\{([^}]*)\}/;

/** Imports, re-exports and dynamic imports of a source text. */
export function importsOf(source: string): Import[] {
  const lineOf = (index: number) => source.slice(0, index).split('\n').length;
  const statements = [...source.matchAll(STATEMENT)].map((match) => ({
    specifier: match[4] ?? '',
    typeOnly: match[2] !== undefined || onlyTypesNamed(match[0]),
    line: lineOf(match.index + match[0].length),
  }));
  const dynamic = [...source.matchAll(DYNAMIC)].map((match) => ({
    specifier: match[2] ?? '',
    // `typeof import('x')` and `import('x').Name` in a type position name types; a call is awaited or returned.
    typeOnly: /\btypeof\s+$/.test(source.slice(0, match.index)),
    line: lineOf(match.index),
  }));
  return [...statements, ...dynamic];
}

function onlyTypesNamed(statement: string): boolean {
  const named = NAMED.exec(statement)?.[1];
  if (named === undefined || /import\s+[\w$]+\s*,/.test(statement)) return false;
  const names = named
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  return names.length > 0 && names.every((name) => name.startsWith('type '));
}

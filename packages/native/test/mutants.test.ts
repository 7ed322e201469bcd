import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const textsIn = (directory: string, name: RegExp) =>
  readdirSync(path.join(import.meta.dirname, directory))
    .filter((file) => name.test(file))
    .map((file) => readFileSync(path.join(import.meta.dirname, directory, file), 'utf8'));

test('every protection that the mutant can leave out is left out by a test', () => {
  const protections = new Set(
    textsIn('../cpp/spawn', /\.cc$/).flatMap((text) =>
      [...text.matchAll(/leaves_out\("([\w-]+)"\)/g)].map((match) => match[1] ?? ''),
    ),
  );
  const tests = textsIn('.', /\.root\.test\.ts$/).join();
  expect(protections.size).toBeGreaterThan(15);
  // By itself or in a list: `without('allowed-calls,locked-mounts')`.
  expect([...protections].filter((name) => !new RegExp(`['",]${name}['",]`).test(tests))).toEqual([]);
});

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
      [...text.matchAll(/leaves_out\("([\w-]+)"\)|\{"(calls-[\w-]+)",/g)].map(
        (match) => match[1] ?? match[2] ?? '',
      ),
    ),
  );
  // The attack suite ends with a failure for each of its mutants that no probe tells from the jail.
  const attacks = textsIn('../../../apps/agent/test/attack', /^mutant-jails\.ts$|\.attack\.test\.ts$/);
  const tests = [...textsIn('.', /\.root\.test\.ts$/), ...attacks].join();
  expect(protections.size).toBeGreaterThan(40);
  // By itself or in a list: `without('allowed-calls,locked-mounts')`.
  expect([...protections].filter((name) => !new RegExp(`['",]${name}['",]`).test(tests))).toEqual([]);
});

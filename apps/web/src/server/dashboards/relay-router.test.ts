import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { relayRouter } from './relay-router.ts';

const server = path.join(import.meta.dirname, '..');
/** What only the dashboard asks to which the agent is connected. */
const AT_THE_CONNECTION = ['host-sync', 'dashboards', 'testing'];
const CALL = /\bagent((?:\s*\.\w+)+?)\s*\.(query|mutate|subscribe)\b/g;
const TYPES = { query: 'query', mutate: 'mutation', subscribe: 'subscription' };

/** `jail.files mutation`: every procedure of an agent that a verb calls. */
const called = new Set(
  readdirSync(server, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .filter((file) => !AT_THE_CONNECTION.includes(file.split(path.sep)[0] ?? ''))
    .flatMap((file) => [...readFileSync(path.join(server, file), 'utf8').matchAll(CALL)])
    .map(([, names = '', how]) => `${names.replace(/\s/g, '').slice(1)} ${TYPES[how as keyof typeof TYPES]}`),
);

it('whatever a verb asks of an agent can be asked through the dashboard that it is connected to', () => {
  const relayed = Object.entries(relayRouter._def.procedures).map(
    ([name, procedure]) => `${name} ${(procedure as unknown as { _def: { type: string } })._def.type}`,
  );
  // A search that finds nothing would prove nothing.
  expect([...called]).toEqual(expect.arrayContaining(['jail.console subscription', 'image.list query']));
  expect(called.size).toBeGreaterThan(20);
  expect([...called].filter((procedure) => !relayed.includes(procedure))).toEqual([]);
});

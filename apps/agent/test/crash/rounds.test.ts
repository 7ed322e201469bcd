import { expect, test } from 'vitest';
import { Rounds } from './rounds.ts';
import { ACTS, type ActName, neededFor, OTHER_ACTS, type OtherAct } from './warden-acts.ts';

const acts = [...ACTS, ...OTHER_ACTS];

/** What is done, act by act, when these crashes are wanted; `strikes` says whether somebody was struck. */
async function done(
  wanted: Partial<Record<ActName | OtherAct, string[]>>,
  strikes: (crash: string, times: number) => boolean = () => true,
): Promise<string[]> {
  const rounds = new Rounds<ActName | OtherAct, string>();
  for (const act of acts) rounds.add(act, wanted[act] ?? []);
  const log: string[] = [];
  await rounds.run(
    acts,
    neededFor,
    async (act, crash) => {
      log.push(`${act}: ${crash}`);
      return strikes(crash, log.filter((line) => line.endsWith(crash)).length);
    },
    async (act) => log.push(act),
  );
  return log;
}

test('every crash is done once, and what an act needs is done around it', async () => {
  expect(await done({ start: ['a', 'b'], connect: ['c'] })).toEqual([
    ...['create', 'limit', 'stop', 'start: a', 'destroy', 'connect: c'],
    ...['create', 'limit', 'stop', 'start: b', 'destroy'],
  ]);
  expect(await done({ release: ['a'] })).toEqual([
    ...['create', 'limit', 'assign', 'move away', 'move back', 'release: a', 'destroy'],
  ]);
});

test('a crash that struck nobody is tried again, but not for ever', async () => {
  expect(await done({ hold: ['a'] }, (_, times) => times === 2)).toEqual(['hold: a', 'hold: a']);
  expect(await done({ hold: ['a'] }, () => false)).toHaveLength(4);
});

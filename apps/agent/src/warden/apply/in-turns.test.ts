import { expect, test } from 'vitest';
import { inTurns } from './in-turns.ts';

test('no more than so many are under way, all are done in order, and one that fails gives its place up', async () => {
  const turn = inTurns(2);
  let underWay = 0;
  let most = 0;
  const done: number[] = [];
  const act = (n: number) => async () => {
    underWay += 1;
    most = Math.max(most, underWay);
    await new Promise((resolve) => setTimeout(resolve, 1));
    underWay -= 1;
    done.push(n);
    if (n === 1) throw new Error('one fails');
  };
  const all = await Promise.allSettled([0, 1, 2, 3, 4, 5].map((n) => turn(act(n))));
  expect(most).toBe(2);
  expect(done).toEqual([0, 1, 2, 3, 4, 5]);
  expect(all.map(({ status }) => status).filter((status) => status === 'rejected')).toHaveLength(1);
});

test('what waits can leave the line, and what began goes on', async () => {
  const turn = inTurns(1);
  let end = () => {};
  const [first, second] = [new AbortController(), new AbortController()];
  const done: string[] = [];
  const begun = turn(async () => {
    await new Promise<void>((resolve) => {
      end = resolve;
    });
    done.push('first');
  }, first.signal);
  const left = turn(async () => done.push('second'), second.signal);
  const last = turn(async () => done.push('third'));
  first.abort();
  second.abort();
  await expect(left).rejects.toThrow('aborted');
  end();
  await Promise.all([begun, last]);
  expect(done).toEqual(['first', 'third']);
  await expect(turn(async () => done.push('fourth'), second.signal)).rejects.toThrow('aborted');
  expect(await turn(async () => 'free')).toBe('free');
});

test('whoever finds the line full is refused at once, and it is free again when one has ended', async () => {
  const turn = inTurns(1, { most: 2, full: () => new Error('full') });
  const done: number[] = [];
  const all = [0, 1, 2, 3].map((n) => turn(async () => done.push(n)));
  await expect(all[3]).rejects.toThrow('full');
  await Promise.all(all.slice(0, 3));
  await turn(async () => done.push(4));
  expect(done).toEqual([0, 1, 2, 4]);
});

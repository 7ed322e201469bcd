import { describe, expect, test } from 'vitest';
import { limitChange, limitOf } from './limit-change.ts';

const both = (value: number | null) => ({ soft: value, hard: value });
const usual = { nofile: { soft: 1024, hard: 4096 }, core: { soft: 0, hard: null }, as: both(null) };

describe('what is to change', () => {
  const change = (o: Partial<Parameters<typeof limitChange>[0]>) =>
    limitChange({ before: {}, after: {}, usual, ...o });

  test('is what differs; what is no longer named is as usual', () => {
    expect(change({})).toEqual({});
    expect(change({ before: { nofile: 64 }, after: { nofile: 64 } })).toEqual({});
    expect(change({ before: { nofile: 64, core: 5 }, after: { nofile: 32, as: 7 } })).toEqual({
      as: { from: both(null), to: both(7) },
      core: { from: both(5), to: usual.core },
      nofile: { from: both(64), to: both(32) },
    });
  });

  test('begins at the least that a process may have of a change that did not end', () => {
    const pending = { nofile: both(64) };
    expect(change({ before: { nofile: 32 }, after: { nofile: 32 }, pending })).toEqual({
      nofile: { from: both(32), to: both(32) },
    });
    expect(change({ before: { nofile: 256 }, after: { nofile: 512 }, pending })).toEqual({
      nofile: { from: both(64), to: both(512) },
    });
  });
});

describe('one process', () => {
  const lowered = { from: both(256), to: both(64) };
  const raised = { from: both(64), to: both(256) };
  const named = { from: usual.nofile, to: both(2000) };

  test.each([
    ['is lowered', lowered, both(256), both(64)],
    ['is lowered no further than it is', lowered, both(32), null],
    ['keeps a soft limit that is lower', lowered, { soft: 16, hard: 256 }, { soft: 16, hard: 64 }],
    ['is raised', raised, both(64), both(256)],
    ['is raised over a soft limit of its own', raised, { soft: 16, hard: 64 }, { soft: 16, hard: 256 }],
    ['that closed itself is not opened', raised, both(0), null],
    ['that has it already is left alone', raised, both(256), null],
    ['gets one limit for two', named, usual.nofile, both(2000)],
    ['that used all that it had gets it too', named, both(4096), both(2000)],
  ])('%s', (_, change, now, next) => {
    expect(limitOf(now, change)).toEqual(next);
    // Whoever has it is not changed by being asked again.
    if (next) expect(limitOf(next, change)).toBeNull();
  });

  test('is lifted to what is usual, and limited again', () => {
    expect(limitOf(both(64), { from: both(64), to: usual.core })).toEqual({ soft: 0, hard: null });
    expect(limitOf({ soft: 0, hard: null }, { from: usual.core, to: both(64) })).toEqual(both(64));
  });
});

import { expect, it } from 'vitest';
import { type JailSample, SAMPLE_KEYS, sampleSlot } from './jail-sample.ts';
import { gaugeSeries, growths, rateSeries } from './sample-series.ts';

const NOTHING = Object.fromEntries(SAMPLE_KEYS.map((key) => [key, null])) as unknown as JailSample;
const at = (seconds: number, more: Partial<JailSample>): JailSample => ({
  ...NOTHING,
  at: new Date(Date.UTC(2026, 10, 22) + seconds * 1000).toISOString(),
  ...more,
});
const values = (points: { value: number | null }[]) => points.map(({ value }) => value);

it('puts a moment into its quarter of a minute, the first of which stays', () => {
  expect(sampleSlot(new Date('2026-11-22T10:00:14.9Z'))).toEqual({
    at: '2026-11-22T10:00:00.000Z',
    keep: true,
  });
  expect(sampleSlot(new Date('2026-11-22T10:00:15Z'))).toEqual({
    at: '2026-11-22T10:00:15.000Z',
    keep: false,
  });
});

it('makes a rate of a sum, whichever samples were left out between', () => {
  const fine = [0, 15, 30, 45, 60].map((second) => at(second, { cpuSeconds: second / 2 }));
  expect(values(rateSeries(fine, 'cpuSeconds'))).toEqual([null, 0.5, 0.5, 0.5, 0.5]);
  const coarse = fine.filter((_, index) => index % 4 === 0);
  expect(values(rateSeries(coarse, 'cpuSeconds'))).toEqual([null, 0.5]);
});

it('says nothing over a sum that began anew', () => {
  const samples = [at(0, { cpuSeconds: 9 }), at(15, { cpuSeconds: 1 }), at(30, { cpuSeconds: 4 })];
  expect(values(rateSeries(samples, 'cpuSeconds'))).toEqual([null, null, 0.2]);
});

it('leaves a gap where nothing was reported', () => {
  const samples = [
    at(0, { pids: 3, cpuSeconds: 1 }),
    at(600, { pids: 4, cpuSeconds: 2 }),
    at(615, { pids: 4 }),
  ];
  expect(values(gaugeSeries(samples, 'pids'))).toEqual([3, null, 4, 4]);
  expect(values(rateSeries(samples, 'cpuSeconds'))).toEqual([null, null, null, null]);
});

it('finds the moments at which something was counted', () => {
  const samples = [
    at(0, { oomKills: 2 }),
    at(15, { oomKills: 2 }),
    at(30, { oomKills: 5 }),
    at(45, { oomKills: 1 }),
  ];
  expect(growths(samples, 'oomKills').map(({ by }) => by)).toEqual([3]);
});

import { expect, it } from 'vitest';
import { deviceRules, devicesOf } from './device-rules.ts';

it('names a device by its numbers, and finds its name again', () => {
  const rules = deviceRules(['kmsg']);
  expect(rules).toContain('c 1:11 rw');
  expect(devicesOf(rules)).toEqual(['kmsg']);
  expect(devicesOf(deviceRules([]))).toEqual([]);
  expect(rules.filter((rule) => rule.includes('m'))).toEqual([]);
});

it('does not take for ours what lacks a usual one, and names what nobody has a name for by its numbers', () => {
  expect(devicesOf(null)).toBeNull();
  expect(devicesOf(['c 1:3 rw'])).toBeNull();
  expect(devicesOf([...deviceRules([]), 'b 4000:1 r'])).toEqual(['b 4000:1 r']);
});

it('refuses what is no device', () => {
  expect(() => deviceRules(['cellblock-none'])).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  expect(() => deviceRules(['pts'])).toThrow(expect.objectContaining({ code: 'ENODEV' }));
});

import { expect, test } from 'vitest';
import { stopSignal, stopSignalOf } from './stop-signal.ts';

const status = (name: string, caught: number[], blocked: number[] = []) => {
  const mask = (signals: number[]) =>
    signals
      .reduce((sum, signal) => sum | (1n << BigInt(signal - 1)), 0n)
      .toString(16)
      .padStart(16, '0');
  return `Name:\t${name}\nSigBlk:\t${mask(blocked)}\nSigIgn:\t${mask([1])}\nSigCgt:\t${mask(caught)}\n`;
};

test.each([
  ['our own init, which waits for them', status('spawn', [], [1, 2, 15, 17]), 15],
  ['a service that knows SIGTERM', status('nginx', [1, 15]), 15],
  ['a program that knows none', status('sleep', []), 15],
  ['sysvinit, to which SIGINT is Ctrl-Alt-Del', status('init', [1, 2, 17, 30]), 2],
  ['systemd, which waits for all of them', status('systemd', [], [1, 2, 15, 17, 37]), 37],
  ['another program that catches all there are', status('go-service', [1, 2, 15, 37]), 15],
  ['a status that says nothing', '', 15],
])('%s', (_, text, signal) => {
  expect(stopSignalOf(text)).toBe(signal);
});

test('a jail that is no distribution, or whose first process has ended, gets SIGTERM', () => {
  expect(stopSignal(undefined, { pid: process.pid })).toBe(15);
  expect(stopSignal(undefined, null)).toBe(15);
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { realJails } from './real-jails.ts';

let root: string;
const places = () => ({ run: path.join(root, 'run'), data: path.join(root, 'data') });

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'cellblock-real-jails-'));
  mkdirSync(path.join(root, 'run/0a1b2c3d/netns'), { recursive: true });
  mkdirSync(path.join(root, 'data/run'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('an empty machine has none', () => {
  writeFileSync(path.join(root, 'data/run/supervisor.pid'), '4194999 1\n');
  expect(realJails(places())).toEqual([]);
  expect(realJails({ run: '/nonexistent', data: '/nonexistent' })).toEqual([]);
});

test('a pinned namespace is a jail', () => {
  writeFileSync(path.join(root, 'run/0a1b2c3d/netns/abcdefgh'), '');
  expect(realJails(places())).toEqual([expect.stringContaining('0a1b2c3d/netns/abcdefgh')]);
});

test('a running supervisor is use', () => {
  writeFileSync(path.join(root, 'data/run/supervisor.pid'), `${process.pid} 1\n`);
  expect(realJails(places())).toEqual([expect.stringContaining(`process ${process.pid}`)]);
});

import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkDataDirectory } from './directories.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'cellblock-directories-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('a directory that others cannot reach is refused, with its parent and the command', () => {
  const closed = path.join(directory, 'closed');
  mkdirSync(closed);
  chmodSync(directory, 0o755);
  chmodSync(closed, 0o700);
  expect(() => checkDataDirectory(path.join(closed, 'data'))).toThrow(/cannot be the data directory/);
  try {
    checkDataDirectory(path.join(closed, 'data'));
  } catch (error) {
    expect((error as { refusal: object }).refusal).toMatchObject({
      field: 'data',
      fix: expect.stringContaining(`chmod o+x ${closed}`),
    });
  }
  chmodSync(closed, 0o711);
  checkDataDirectory(path.join(closed, 'data'));
});

test.each([['relative'], ['/'], ['/var/../etc'], ['/var/lib/'], [`/${'x'.repeat(80)}`]])(
  '%s is refused',
  (data) => {
    expect(() => checkDataDirectory(data)).toThrow(expect.objectContaining({ name: 'AppError' }));
  },
);

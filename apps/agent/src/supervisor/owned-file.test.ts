import { lstatSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeOwnedFile } from './owned-file.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'cellblock-owned-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const me = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, mode: 0o400 };

test.each(['key.pem', 'key.pem.draft'])('a link that waits as %s is replaced and not followed', (name) => {
  const victim = path.join(directory, 'victim');
  writeFileSync(victim, 'untouched', { mode: 0o644 });
  symlinkSync(victim, path.join(directory, name));
  const file = path.join(directory, 'key.pem');
  writeOwnedFile(file, 'ours', me);
  expect([readFileSync(victim, 'utf8'), statSync(victim).mode & 0o777]).toEqual(['untouched', 0o644]);
  expect([readFileSync(file, 'utf8'), lstatSync(file).isFile(), lstatSync(file).mode & 0o777]).toEqual([
    'ours',
    true,
    0o400,
  ]);
});

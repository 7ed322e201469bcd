import { UploadName } from '@cellblock/shared/image';
import { expect, test } from 'vitest';
import { plainName, sendArchive } from './send-archive.ts';

test.each([
  ['root.tar.gz', 'root.tar.gz'],
  ['My root (2).tar', 'My-root-2-.tar'],
  ['.hidden.tar', 'hidden.tar'],
  ['wurzel ü.tar', 'wurzel-.tar'],
])('%s is called %s', (file, name) => {
  expect(plainName(file)).toBe(name);
  expect(UploadName.safeParse(name).success).toBe(true);
});

test('a file is sent whole, in order, and an empty part ends it', async () => {
  const bytes = Uint8Array.from({ length: 1_300_001 }, (_, at) => (at * 31) % 256);
  const parts: string[] = [];
  const sent: number[] = [];
  await sendArchive(
    new Blob([bytes]),
    async (data) => parts.push(data),
    (count) => sent.push(count),
  );
  expect(parts.at(-1)).toBe('');
  const whole = Buffer.concat(parts.map((part) => Buffer.from(part, 'base64')));
  expect(whole.equals(bytes)).toBe(true);
  expect(Math.max(...parts.map(({ length }) => length))).toBeLessThan(1_000_000);
  expect(sent).toEqual([524_288, 1_048_576, 1_300_001]);
});

test('what is not taken ends the sending', async () => {
  const refused = sendArchive(
    new Blob(['x']),
    () => Promise.reject(new Error('the disk is full')),
    () => {},
  );
  await expect(refused).rejects.toThrow('the disk is full');
});

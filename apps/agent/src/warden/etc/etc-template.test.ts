import { lstat, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { etcFiles } from './etc-files.ts';
import { nameServers, writeEtc } from './etc-template.ts';

test('a fresh /etc has accounts and certificates, and nothing that is not readable by all', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'etc-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await writeEtc(directory);
  expect(await readFile(join(directory, 'passwd'), 'utf8')).toMatch(/^root:x:0:0:/);
  expect(await readFile(join(directory, 'shadow'), 'utf8')).toMatch(/^nobody:\*:/m);
  const names = await readdir(directory, { recursive: true });
  expect(names).not.toContain('ssl/private');
  for (const name of names.filter((name) => name !== 'shadow')) {
    const entry = await lstat(join(directory, name));
    if (!entry.isSymbolicLink()) expect(entry.mode & 0o004, name).toBe(0o004);
  }
});

test('name servers are read from resolv.conf, and a jail may name its own', () => {
  expect(nameServers('# x\nnameserver 192.0.2.1\nsearch a\nnameserver 2001:db8::1\n')).toEqual([
    '192.0.2.1',
    '2001:db8::1',
  ]);
  const files = etcFiles({
    settings: { hostname: 'web', dns: ['192.0.2.9'] },
    upstream: ['192.0.2.1'],
    addresses: ['10.0.0.5'],
  });
  expect(files.find((file) => file.target === '/etc/resolv.conf')?.content).toBe('nameserver 192.0.2.9\n');
  expect(files.find((file) => file.target === '/etc/hosts')?.content).toContain('10.0.0.5 web\n');
});

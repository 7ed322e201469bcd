import { expect, test } from 'vitest';
import { fileSystemOf, hidepidFinding, hidepidOf, knowsFileSystem } from './confinement-checks.ts';

const MOUNTS = `25 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
26 25 0:23 / /proc rw,nosuid - proc proc rw,hidepid=invisible,gid=4
40 25 254:1 / /var/lib/cellblock rw - xfs /dev/vdb rw,prjquota
41 25 254:2 / /var/lib/cellblock2 rw - nfs4 server:/x rw`;

test('the file system of a path is that of the nearest mount above it', () => {
  expect(fileSystemOf('/home/x', MOUNTS)).toBe('ext4');
  expect(fileSystemOf('/var/lib/cellblock/agent', MOUNTS)).toBe('xfs');
  expect(fileSystemOf('/var/lib/cellblock2', MOUNTS)).toBe('nfs4');
  expect(fileSystemOf('/x', '')).toBeNull();
});

test('what hides processes is the last /proc', () => {
  const later = '90 26 0:49 / /proc rw - proc proc rw';
  expect(hidepidOf(MOUNTS)).toBe('invisible');
  expect(hidepidOf(MOUNTS.replace('invisible', '2'))).toBe('2');
  expect(hidepidOf(MOUNTS.replace('hidepid=invisible,', ''))).toBeNull();
  expect(hidepidOf(`${MOUNTS}\n${later}`)).toBeNull();
});

test('a file system is known by its whole name', () => {
  expect(knowsFileSystem('nodev\ttmpfs\n\text4\n', 'ext4')).toBe(true);
  expect(knowsFileSystem('nodev\ttmpfs\n\text4\n', 'ext')).toBe(false);
});

test('who hides no processes is told how, in the words of the kernel', () => {
  expect(hidepidFinding('2', '5.4.0')).toMatchObject({ verdict: 'have' });
  expect(hidepidFinding('noaccess', '6.1.0-30-amd64')).toMatchObject({
    verdict: 'warn',
    fix: 'mount -o remount,hidepid=invisible,gid=adm /proc',
  });
  for (const release of ['4.19.0', '5.7.19'])
    expect(hidepidFinding(null, release)).toMatchObject({
      verdict: 'warn',
      evidence: expect.stringContaining(`Linux ${release} does not know hidepid=invisible`),
      lost: expect.stringContaining('The agent cannot set it here'),
      fix: 'mount -o remount,hidepid=2,gid=adm /proc',
    });
  expect(hidepidFinding(null, '5.8.0').lost).toContain('The agent sets it');
});

import { expect, test } from 'vitest';
import { mountOf, uncountedProjects } from './counted-projects.ts';

const MOUNTS = `25 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,prjquota
26 25 0:23 / /proc rw,nosuid - proc proc rw
40 25 254:1 / /var/lib/cellblock rw - xfs /dev/vdb rw,attr2,prjquota
41 25 254:2 / /var/lib/cellblock2 rw - nfs4 server:/x rw
42 25 254:3 / /srv/plain rw - ext4 /dev/vdc rw
43 25 254:4 / /srv/xfs rw - xfs /dev/vdd rw,noquota`;

test('the mount of a path is the nearest above it', () => {
  expect(mountOf('/home/x', MOUNTS)?.source).toBe('/dev/vda');
  expect(mountOf('/var/lib/cellblock/agent', MOUNTS)?.type).toBe('xfs');
  expect(mountOf('/var/lib/cellblock2', MOUNTS)?.type).toBe('nfs4');
  expect(mountOf('/x', '')).toBeNull();
});

test('projects are counted where the nearest mount says so', () => {
  expect(uncountedProjects('/var/lib/cellblock/agent', MOUNTS)).toBeNull();
  expect(uncountedProjects('/home', MOUNTS)).toBeNull();
});

test('where they are not, it names the mount, what is missing and a command', () => {
  // The root's ext4 is mounted with it: that says nothing of another.
  expect(uncountedProjects('/srv/plain/data', MOUNTS)).toEqual({
    evidence:
      '/srv/plain/data lies on /srv/plain, an ext4 that is mounted without prjquota; it needs the features project and quota too',
    fix: expect.stringContaining(
      'umount /srv/plain && tune2fs -O project,quota -Q prjquota /dev/vdc && mount -o prjquota /dev/vdc /srv/plain',
    ),
  });
  expect(uncountedProjects('/srv/xfs', MOUNTS)?.fix).toBe(
    'umount /srv/xfs && mount -o prjquota /dev/vdd /srv/xfs',
  );
  expect(uncountedProjects('/var/lib/cellblock2/x', MOUNTS)?.evidence).toContain('nfs4, which counts no');
});

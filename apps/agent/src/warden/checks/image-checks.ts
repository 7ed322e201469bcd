import { access } from 'node:fs/promises';
import { imageTools } from '../images/image-tools.ts';
import type { Check } from './host-check.ts';

const tools: Check = {
  id: 'image-tools',
  title: 'Programs that make images',
  async look() {
    const missing = imageTools.lacking();
    if (missing === null)
      return { verdict: 'have', evidence: 'mmdebstrap, skopeo, umoci, wget and tar are here' };
    return {
      verdict: 'warn',
      evidence: `not on this host: ${missing.names}`,
      lost: 'images that are made with them; those that are here, and all other roots, work',
      fix: missing.fix,
    };
  },
};

const PROGRAMS = ['/usr/sbin/mkfs.ext4', '/usr/sbin/mkfs.xfs'];

const fileSystems: Check = {
  id: 'file-systems',
  title: 'File systems in files',
  async look() {
    const isThere = (path: string) =>
      access(path).then(
        () => true,
        () => false,
      );
    if (!(await isThere('/dev/loop-control'))) {
      return {
        verdict: 'warn',
        evidence: 'there is no /dev/loop-control',
        lost: 'a jail cannot have a file system of its own in a file; in a directory it can fill the host’s',
        fix: 'modprobe loop',
      };
    }
    const missing = [];
    for (const program of PROGRAMS) if (!(await isThere(program))) missing.push(program);
    if (missing.length === 0) return { verdict: 'have', evidence: 'loop devices, mkfs.ext4 and mkfs.xfs' };
    return {
      verdict: 'warn',
      evidence: `not on this host: ${missing.join(', ')}`,
      lost: 'file systems of that kind for jails',
      fix: 'apt-get install e2fsprogs xfsprogs',
    };
  },
};

export const IMAGE_CHECKS: readonly Check[] = [tools, fileSystems];

import type { Profile } from './profile.ts';
import { PROFILES } from './profile-rules.ts';

/** What a profile says, as rows of a table that a person reads: the question and its answer. */
export function profileRows(profile: Profile): [question: string, answer: string][] {
  const { noNewPrivileges, chroot, proc, mounts, readOnlyRoot, capabilities } = PROFILES[profile];
  return [
    ['set-user-id programs', noNewPrivileges ? 'inert: nothing gains by being executed' : 'work: su, sudo'],
    ['chroot', chroot ? 'allowed' : 'denied'],
    ['/proc', proc === 'own' ? 'its own processes alone' : 'without what tells of the host'],
    ['mount', mounts ? 'tmpfs, proc, devpts, mqueue and cgroup, inside of its own tree' : 'denied'],
    ['root', readOnlyRoot ? 'read only, where the profile is named' : 'writable'],
    ['capabilities', `${capabilities.length}, of the bounding set`],
  ];
}

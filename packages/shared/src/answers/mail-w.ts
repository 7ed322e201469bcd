import type { AnswerRow } from './answer-row.ts';

/** Chris Webb, 6 Jun 2013. */
export const MAIL_W: readonly AnswerRow[] = [
  {
    id: 'W1',
    sentence: 'build containers to replace some of my uses of qemu-kvm virtual machines',
    says: 'A jail runs a whole distribution with its own init, and stops when that is told to halt.',
  },
  {
    id: 'W2',
    sentence:
      'a fakeroot-type container running as an unprivileged user by unsharing everything including CLONE_NEWUSER',
    says: "The jail's root is nobody on the host, and no program of ours is set-user-id.",
  },
  {
    id: 'W3',
    sentence:
      'can map a block of host UIDs for that environment by writing to /proc/PID/[ug]id_map from a helper process running as root',
    says: 'The agent writes the maps; ranges are recorded, and no id of the host is in two of them.',
  },
  {
    id: 'W4',
    sentence: 'uid/gid N in the container maps to uid/gid N in a subdirectory of the filesystem',
    says: 'Every id of the range is on disk what it is inside.',
  },
  {
    id: 'W5',
    sentence: 'but which is still isolated from the rest of the host filesystem',
    says: 'A file of the host that nobody showed to the jail is not there.',
  },
  {
    id: 'W6',
    sentence: "and can't do externally privileged things",
    says: "The jail's root has no power over the host.",
  },
  {
    id: 'W7',
    sentence:
      'parent directory permissions prevent unprivileged host users from getting at these container filesystems',
    says: 'Storage lies behind closed directories and on a mount that honours no set-user-id: each holds alone.',
  },
  {
    id: 'W8',
    sentence:
      'unshare(CLONE_NEWIPC | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWUSER) […] a pass-through mapping 0 0 4294967295',
    says: "All six namespaces are a jail's own, and the identity map is refused.",
  },
  {
    id: 'W9',
    sentence:
      'the PID namespace preventing signals being sent from one container to another, despite those processes sharing the same user ID',
    says: 'The same uid in two jails cannot signal each other.',
  },
  {
    id: 'W10',
    sentence:
      'I can mount a sysfs or procfs and apparently write to them with host root privileges to reconfigure the host kernel',
    says: 'No kernel setting of the host opens for writing in a jail.',
  },
  {
    id: 'W11',
    sentence: "I suspect there will be other things I haven't secured by this recipe too",
    says: 'A walk over all files of the kernel and all devices finds nothing of the host that opens for writing.',
  },
  {
    id: 'W12',
    sentence: "Whilst (for example) I can't mknod",
    says: 'No device node can be made.',
  },
  {
    id: 'W13',
    sentence:
      "I also tried tightening things up by dropping capabilities […] I'm not sure this really makes any difference",
    says: "It does not: with the identity map the host's files open even without a capability; in a jail they do not with all of its own.",
  },
  {
    id: 'W14',
    sentence: 'does CLONE_NEWUSER drop all capabilities with respect to the parent namespace?',
    says: 'It does; what remains is ownership by uid 0 of the host, which no jail has.',
  },
  {
    id: 'W15',
    sentence: 'presumably the way to do this is by pivot_root into a bind mount?',
    says: 'Exactly so: no way leads above the root.',
  },
  {
    id: 'W16',
    sentence: 'those processes sharing the same user ID in the top-level user namespace',
    implied: true,
    says: 'No limit that the kernel counts by user is shared by two jails or with the host.',
  },
  {
    id: 'W17',
    sentence: 'I can mount a sysfs or procfs',
    implied: true,
    says: "What is masked stays masked: no fresh /proc can be had, not even by the root of the jail's namespaces without a filter.",
  },
];

import type { AnswerRow } from './answer-row.ts';

/** Kyle Moffett, 25 Aug 2004: file-system views. */
export const MAIL_M: readonly AnswerRow[] = [
  {
    id: 'M1',
    sentence:
      'You can think of this as chroot on steroids. […] No need to replicate VFS functionality inside the filesystem.',
    says: 'A view consists of mounts alone: what it shows is the very file, no copy and no FUSE.',
  },
  {
    id: 'M2',
    sentence: "Here's a simple way to do what you want in userspace",
    says: 'A jail needs no kernel module: none is loaded by making one.',
  },
  {
    id: 'M3',
    sentence: 'First make the subdirectories […] mount -t tmpfs tmpfs /fsviews_rw',
    says: "The view's root is a private tmpfs with the mount points and nothing else; nothing written there reaches the host.",
  },
  {
    id: 'M4',
    sentence: 'Now make it read-only with a copy in /fsviews […] mount --bind /fsviews_orig /fsviews',
    says: 'What a view shows has mount flags of its own, different from those of the original.',
  },
  {
    id: 'M5',
    sentence: 'mount --bind /somewhere/dir1 /fsviews/dir1',
    says: 'Through a writable bind, each side sees what the other writes.',
  },
  {
    id: 'M6',
    sentence: 'the bind-mount options fix provides a separate set of options for each bound copy',
    says: 'Read-only holds for this copy alone: the jail cannot write, the host can, and another jail may have it writable.',
  },
  {
    id: 'M7',
    sentence:
      'clone_prog is a short C program that does a clone() syscall with the CLONE_NEWNS flag and executes a new process.',
    says: "A jail's first process lives in a mount namespace of its own.",
  },
  {
    id: 'M8',
    sentence: 'mount -o ro,remount /fsviews_orig',
    says: 'The root directory itself is read only: nothing can be made in it.',
  },
  {
    id: 'M9',
    sentence: 'pivot_root /fsviews /fsviews/old […] umount -l /fsviews/old',
    says: 'The old root cannot be reached: not by name, not by /proc, not by `..`.',
  },
  {
    id: 'M10',
    sentence: '/dir1/myscript & […] "/dir2/script" is running in a _completely_ new namespace',
    says: 'Programs start from the writable and from the read-only directory, in the background too.',
  },
  {
    id: 'M11',
    sentence: 'Remove the extra dirs in this namespace',
    says: "On the host, a jail's start leaves no mount and no directory behind.",
  },
  {
    id: 'M12',
    sentence:
      'a _completely_ new namespace with a read-only root directory and two directories from other parts of the vfs',
    says: 'What the jail sees is exactly what its spec declares: path, source and flags.',
  },
  {
    id: 'M13',
    sentence:
      "root can still 'mount -o rw,remount /' to get root writeable again, but since it's on tmpfs, that doesn't matter much",
    says: 'A read-only bind stays so: no remount, no umount, no move and no new bind makes it writable.',
  },
  {
    id: 'M14',
    sentence: 'You could also just take away some capabilities',
    says: "The bounding set is the profile's, and nothing outside it can be done.",
  },
  {
    id: 'M15',
    sentence:
      'except for the shared process tables this acts very much like a completely new, separate computer',
    says: 'The exception is gone: a jail sees its own processes alone, from pid 1.',
  },
  {
    id: 'M16',
    sentence: "I've used this to thoroughly secure minimally trusted daemons before.",
    says: 'A daemon serves from a read-only directory, logs into a writable one, and reaches nothing else.',
  },
  {
    id: 'M17',
    sentence: 'We found a lot of shortcomings in implementing various namespace-ish things.',
    says: 'The known ones are shut: what the host mounts later does not appear, and set-user-id and device files are inert.',
  },
];

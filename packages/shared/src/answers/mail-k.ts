import type { AnswerRow } from './answer-row.ts';

/** Kragen, 24 Jul 1998: a jail by system calls; here as far as it does not need a policy of its own. */
export const MAIL_K: readonly AnswerRow[] = [
  {
    id: 'K1',
    sentence:
      'It would be worthwhile to implement a "jail" mechanism that could restrain any malicious process.',
    says: 'Root inside a jail that tries everything at once gets nothing: no file, process, address, mount, device or privilege.',
  },
  {
    id: 'K2',
    sentence: 'chroot() is a start; the filesystem is the biggest communication channel between processes.',
    says: 'The view holds by itself: what it does not show is not there, filter of system calls or none.',
  },
  {
    id: 'K3',
    sentence:
      "I don't really care to implement interrupts, page tables, and all that stuff. I just want to securely partition things.",
    says: 'No virtual machine: the same kernel, started within 300 ms.',
  },
  {
    id: 'K23',
    sentence:
      'forbid most syscalls, unconditionally allow 20-40, and put access checks on the rest, and you have an effective jail',
    says: 'The filter holds for every descendant and every way into the kernel: child of a child, int 0x80 and x32.',
  },
];

import type { AnswerRow } from './answer-row.ts';

/** Emmanuel Colbus, 16 Apr 2014: Manux' xchroot; here as far as it does not need launchers. */
export const MAIL_C: readonly AnswerRow[] = [
  {
    id: 'C1',
    sentence:
      "the bad actor is trying to help another bad actor leave its chroot to access the whole machine; which is what I'm trying to prevent",
    says: 'Two jails that work together, with a directory that both may write, reach no further than each alone.',
  },
  {
    id: 'C2',
    sentence:
      'by simply having one process open a fd towards a directory, another one move the directory inside a second directory located outside of the first process\' chroot, and then have the first process perform enough fchdir(fd, "..")',
    says: 'A descriptor, or a working directory, that is moved out of the root leads nowhere.',
  },
  {
    id: 'C3',
    sentence:
      "The more interesting way to break out of a crhoot, which doesn't require a 2nd process to help you escape, is to chroot while inside a chroot",
    says: 'chroot(2) inside a jail comes back to the jail’s own root.',
  },
  {
    id: 'C4',
    sentence:
      'CLOSING all the file descriptors of the caller that refer to directories, and setting the new current working directory of the caller to the new root',
    says: 'Whoever enters a jail has no descriptor of a directory and stands at its root.',
  },
  {
    id: 'C30',
    sentence: 'What if somebody tries to do mkdir("..."); within somebody else\'s root ? […] Nice try',
    says: 'A jail cannot make `...` at its root, whether it may write there or not, nor put anything in its place.',
  },
  {
    id: 'C31',
    sentence:
      "I've decided to mark as reserved *any* file name that contains no character different from '.'",
    says: 'Names made only of dots are refused for jails, networks, pools and places in a view.',
  },
];

/** The five mails of 1998 to 2014 that say what a jail must be; the sixth group is what all of them imply. */
export interface FoundingMail {
  letter: MailLetter;
  author: string;
  /** as the mail's own header has it, without the time */
  date: string;
  subject: string;
}

export const MAIL_LETTERS = ['K', 'M', 'H', 'W', 'C', 'X'] as const;
export type MailLetter = (typeof MAIL_LETTERS)[number];

/** In the order in which they were written. */
export const FOUNDING_MAILS: readonly FoundingMail[] = [
  { letter: 'K', author: 'Kragen', date: '24 Jul 1998', subject: 'chroot issue' },
  {
    letter: 'M',
    author: 'Kyle Moffett',
    date: '25 Aug 2004',
    subject: 'Using fs views to isolate untrusted processes',
  },
  { letter: 'H', author: 'Serge Hallyn', date: '2005', subject: 'RFC: jail functionality' },
  {
    letter: 'W',
    author: 'Chris Webb',
    date: '6 Jun 2013',
    subject: 'Building a BSD-jail clone out of namespaces',
  },
  {
    letter: 'C',
    author: 'Emmanuel Colbus',
    date: '16 Apr 2014',
    subject: 'Kernel compatibility: ext2',
  },
  { letter: 'X', author: 'All of them', date: '1998 to 2014', subject: 'What holds for every row' },
];

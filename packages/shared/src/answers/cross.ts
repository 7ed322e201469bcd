import type { AnswerRow } from './answer-row.ts';

/** What holds for every row of every mail. */
export const CROSS: readonly AnswerRow[] = [
  {
    id: 'X1',
    sentence: 'One command runs all rows on a host and says pass, fail or skip for each.',
    implied: true,
    says: 'Every row that was asked for has been answered, and none is missing from the list.',
  },
  {
    id: 'X2',
    sentence: 'Each row has a control: the same probe succeeds where the protection is missing.',
    implied: true,
    says: 'No row has passed whose control did not show the hole.',
  },
  {
    id: 'X3',
    sentence: 'Nothing is left after the run.',
    implied: true,
    says: 'Links, addresses, routes, mounts, control groups, tables, processes, message queues, id ranges and files are as they were before.',
  },
  {
    id: 'X4',
    sentence: 'Whatever is killed in the middle leaves nothing that the next start does not take away.',
    implied: true,
    says: 'An agent that is killed while it creates, starts, moves or deletes comes to the same when it starts again, and the history has every act.',
  },
  {
    id: 'X6',
    sentence: "this call simply […] they can't be used for an […] $ ls /bin/true",
    says: 'The words that the archive lost are read as `fails`, `escape` and a name under `/...`, and are tested so.',
  },
];

import type { Project, ProjectQuota } from '@cellblock/native/kernel';
import type { Answer } from '@cellblock/shared/answers/answer';

/** What was found on a host whose data directory counts projects, with a jail at its limits and one without any. */
export interface GuestFindings {
  /** of the limited jail's directory, when its warden was killed before it set the limits */
  crashed: { project: number; bytes: number | null; inodes: number | null };
  /** facts of hostile-root.pl */
  byLimited: Record<string, string>;
  byNeighbour: Record<string, string>;
  project: number;
  counted: ProjectQuota;
  /** what the host's report says that is used, when that had time to become the same */
  reported: { bytes: number | null | undefined; files: number | null | undefined };
  /** bytes that it says of the neighbour, whose directory is not counted */
  neighbourReported: number | null;
  /** the project of each file and directory in the jail's storage, as lsattr names it */
  listed: number[];
  /** how many there are, the storage itself being one */
  found: number;
  /** lsattr of the neighbour's storage */
  neighbours: string;
  /** how renames and links by root of the host end */
  moves: Record<'renameIn' | 'linkIn' | 'renameWithin' | 'linkWithin' | 'renameAmongUncounted', string>;
  /** of a directory whose project root of the host has changed */
  changed: Project;
  raised: { bytes: number | null; samePid: boolean };
  /** the hard limit of files of the neighbour's first process, as it was changed while it ran */
  files: {
    mayRaise: boolean;
    lowered: number | null | undefined;
    raised: number | null | undefined;
    lifted: boolean;
    samePid: boolean;
  };
  /** number of the first project with a record beside `changed`; `none ERRNO` */
  recordBefore: string;
  recordAfter: string;
  neighbourRuns: boolean;
  controllers: string[];
  /** how writing 16 MiB ends in a directory of 8 MiB and beside it, and what the kernel says of the quota, and of one that
   *  nobody ever set */
  xfs: { ends: Record<'counted' | 'beside', string>; set: ProjectQuota; never: ProjectQuota };
  /** records before and after everything was taken away, with a limited jail of that project there */
  purged: { project: number; before: string; after: string };
  /** of two users of the neighbour, one held to 8 MiB by its id */
  users: UserFindings;
  /** of the row of the answers that tries limits; null: there was none */
  limits: Answer | null;
  /** of trees whose starter the OOM killer is to spare */
  oomScores: { ours: OomScores; mutant: OomScores };
}

/** How writing 16 MiB ended, and the bytes that the file system counts, when all of it was there. */
export interface UserFindings {
  ends: Record<UserWays, string>;
  used: Record<UserWays, number>;
}
/** A limit for its id; none; a limit for its id, past the idmapped mount. */
type UserWays = 'held' | 'free' | 'translated';

/** proc_pid_oom_score_adj(5) of a tree's first process and of a command that was run in it. */
export interface OomScores {
  first: number;
  byExec: number;
}

/** That of whoever starts those trees: the OOM killer takes nearly everybody else first. */
export const SPARED = -500;

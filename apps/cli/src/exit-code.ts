/** What a script reads off `$?` (interface.md 6). `exec` passes on the command's own status, 125 for ours. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  conflict: 4,
  denied: 5,
  timedOut: 6,
  someFailed: 7,
  unreachable: 8,
  execFailed: 125,
} as const;

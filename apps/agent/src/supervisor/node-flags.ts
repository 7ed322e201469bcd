/**
 * What Node is told where it runs on every host: memory counts there, and the work is short and rare. A small
 * nursery costs a few collections more, code that is not hot is not compiled to machine code.
 */
export const WARDEN_FLAGS: readonly string[] = ['--max-semi-space-size=2', '--optimize-for-size'];
/** What the warden's threads have asked for goes back to the system, and each does not keep a store of its own. */
export const WARDEN_ENVIRONMENT: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_TRIM_THRESHOLD_: '131072',
};
export const DIALER_FLAGS: readonly string[] = [
  '--max-semi-space-size=1',
  '--optimize-for-size',
  '--max-lazy',
];

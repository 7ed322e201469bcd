/**
 * What Node is told where it runs on every host: memory counts there, and the work is short and rare. A small
 * nursery costs a few collections more, code that is not hot is not compiled to machine code.
 */
export const WARDEN_FLAGS: readonly string[] = ['--max-semi-space-size=2', '--optimize-for-size'];
export const DIALER_FLAGS: readonly string[] = [
  '--max-semi-space-size=1',
  '--optimize-for-size',
  '--max-lazy',
];

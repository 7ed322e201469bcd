import { spawnSync } from 'node:child_process';

/** With glibc and the C++ runtime, which Debian's own package manager needs, a host is expected to come. */
const OF_THE_HOST = /^(linux-vdso|ld-linux-x86-64|libc|libm|libdl|libpthread|librt|libstdc\+\+|libgcc_s)\.so/;

/** The libraries that a program needs beside those of the smallest Debian: `libnftables.so.1` and where it lies. */
export function sharedLibraries(program: string): { name: string; file: string }[] {
  const asked = spawnSync('ldd', [program], { encoding: 'utf8' });
  if (asked.status !== 0) throw new Error(`ldd ${program}: ${asked.error?.message ?? asked.stderr}`);
  return asked.stdout
    .split('\n')
    .map((line) => /^\s*(\S+) => (\S+|not found)/.exec(line))
    .filter((found) => found !== null)
    .map(([, name = '', file = '']) => ({ name, file }))
    .filter(({ name }) => !OF_THE_HOST.test(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

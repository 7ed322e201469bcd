import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';

/** Until the test ends, or `restore`, this script is what removes trees. Python: it ends with its signals at once. */
export function otherRm(python: string): { restore: () => void } {
  const directory = mkdtempSync(join(tmpdir(), 'cellblock-rm-'));
  writeFileSync(join(directory, 'rm'), `#!/usr/bin/python3\n${python}\n`, { mode: 0o755 });
  vi.stubEnv('PATH', `${directory}:${process.env.PATH}`);
  const restore = () => {
    vi.unstubAllEnvs();
    rmSync(directory, { recursive: true, force: true });
  };
  onTestFinished(restore);
  return { restore };
}

/** As rm does for a file that is immutable. */
export const REFUSES = 'import sys\nsys.exit("rm: cannot remove: Operation not permitted")';

import { statSync } from 'node:fs';

const NODES = ['/dev/null', '/dev/zero', '/dev/full', '/dev/random', '/dev/urandom', '/dev/tty'];

/** Owner and mode of the device nodes that every program of the machine shares. */
export function deviceNodes(): string[] {
  return NODES.map((node) => {
    const { uid, gid, mode, rdev } = statSync(node);
    return `${node} ${uid}:${gid} ${mode.toString(8)} ${rdev}`;
  });
}

/** What a suite did to them: nothing, or a finding for each that is not as it was. */
export function changedNodes(before: readonly string[], after: readonly string[]): string[] {
  return after.flatMap((now, i) => (now === before[i] ? [] : [`${before[i]} became ${now}`]));
}

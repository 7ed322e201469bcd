import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stage } from '../../stage/stage.ts';
import type { Attempts } from '../probe-lines.ts';
import { otherPlainJail } from './plain-jail.ts';

/** What root inside tries at once (K1): files, processes, addresses, mounts, devices, privileges, the kernel. */
const NAMES = [
  ...['chroot-and-climb', 'root-of-init', 'handle-of-root', 'host-secret', 'read-only-usr'],
  ...[
    'victim-seen',
    'victim-command-line',
    'victim-root',
    'victim-memory',
    'victim-traced',
    'victim-signalled',
  ],
  ...['address-foreign', 'socket-packet', 'socket-raw'],
  ...[
    'mount-tmpfs',
    'mount-bind',
    'mount-proc',
    'unmount-proc',
    'pivot-root',
    'unshare-user',
    'unshare-mount',
  ],
  ...['node-disk', 'node-memory', 'node-kmsg', 'capabilities-regained', 'capabilities-of-host'],
  ...['write-core-pattern', 'write-sysrq-trigger', 'write-modprobe', 'read-kcore', 'read-kmsg'],
  ...['bpf', 'perf-all', 'kexec', 'module-init', 'clock-set', 'swap-on', 'kernel-log', 'io-uring'],
];

/** Of every kind that the sentence names, what the host's root does on every host. */
export const ONE_OF_EACH_KIND = [
  ...['chroot-and-climb', 'host-secret', 'victim-seen', 'victim-root', 'victim-signalled'],
  ...['address-foreign', 'socket-packet', 'socket-raw'],
  ...['mount-tmpfs', 'mount-bind', 'mount-proc', 'unshare-mount', 'node-kmsg', 'capabilities-of-host', 'bpf'],
];

/** The attempts, against a canary of the host and the first process of another jail. */
export async function everythingAtOnce(stage: Stage): Promise<Attempts> {
  const victim = await otherPlainJail(stage);
  const canary = join(stage.directory, 'canary');
  await writeFile(canary, stage.nonce);
  return {
    names: NAMES,
    told: { CANARY: canary, SECRET: canary, NONCE: stage.nonce, VICTIM: String(victim.pid) },
  };
}

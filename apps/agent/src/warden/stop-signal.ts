import { readFileSync } from 'node:fs';
import type { JailSpec } from '@cellblock/shared/host-spec';

const SIGINT = 2;
const SIGTERM = 15;
/** SIGRTMIN+3, systemd(1): halts what it runs in. */
const SIGHALT = 37;

/** Whether a process would notice: it has a handler, or waits for the signal while it is blocked. */
function notices(status: string, signal: number): boolean {
  return ['SigCgt', 'SigBlk'].some((name) => {
    const mask = new RegExp(`^${name}:\\t([0-9a-f]+)$`, 'm').exec(status)?.[1] ?? '0';
    return ((BigInt(`0x${mask}`) >> BigInt(signal - 1)) & 1n) === 1n;
  });
}

/**
 * What ends a first process cleanly, by its /proc/PID/status (proc(5)): SIGTERM, which most programs know; SIGINT for
 * an init that ignores it, as sysvinit does, to which it is Ctrl-Alt-Del; SIGRTMIN+3 for systemd, which would take
 * SIGTERM as a wish to be executed anew.
 */
export function stopSignalOf(status: string): number {
  if (/^Name:\tsystemd$/m.test(status) && notices(status, SIGHALT)) return SIGHALT;
  return !notices(status, SIGTERM) && notices(status, SIGINT) ? SIGINT : SIGTERM;
}

/** A whole distribution is asked as its own init wants to be asked; every other first process gets SIGTERM. */
export function stopSignal(spec: JailSpec | undefined, init: { pid: number } | null | undefined): number {
  if (spec?.settings.profile !== 'system' || !init) return SIGTERM;
  try {
    return stopSignalOf(readFileSync(`/proc/${init.pid}/status`, 'utf8'));
  } catch {
    // It ends meanwhile.
    return SIGTERM;
  }
}

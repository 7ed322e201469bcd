import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { AppError } from '@cellblock/shared/app-error';
import type { JailSpec } from '@cellblock/shared/host-spec';
import type { JailProcess, JailProcesses, JailSignal } from '@cellblock/shared/jail-process';
import { cgroupName } from '@cellblock/shared/owned-names';
import { readStartNow } from './read-start.ts';
import type { WardenHost } from './warden-host.ts';

/** A fork bomb's list is no page: as many as a person could look through. */
const MOST = 1_000;
const COMMAND_BYTES = 1_024;
const TICKS_PER_SECOND = 100;
const RANGE = 65_536;

/** The processes of a jail, by its control group: whoever is in it is the jail's, whatever it calls itself. */
export async function jailProcesses(
  host: WardenHost,
  jail: JailSpec,
  idBase: number | null,
): Promise<JailProcesses> {
  const group = await host.kernel.readCgroup({ name: cgroupName(host.instance, jail.key) });
  const pids = group?.pids ?? [];
  const processes = pids.slice(0, MOST).flatMap((pid) => readProcess(pid, idBase) ?? []);
  return { processes, total: pids.length };
}

/** Sends a signal to one process of a jail, if it still is the one that was listed. */
export async function signalJailProcess(
  host: WardenHost,
  jail: JailSpec,
  target: { pid: number; startTime: number; signal: JailSignal },
): Promise<void> {
  const group = await host.kernel.readCgroup({ name: cgroupName(host.instance, jail.key) });
  if (!group?.pids.includes(target.pid)) throw gone(jail, target.pid);
  try {
    // By a pidfd, and only while it has this start time: since the look above nobody else can have got the number
    await host.kernel.signalProcess({ ...target, signal: constants.signals[`SIG${target.signal}`] });
  } catch (error) {
    if ((error as { code?: string }).code === 'ESRCH') throw gone(jail, target.pid);
    throw error;
  }
}

function gone(jail: JailSpec, pid: number): AppError {
  return new AppError('not-found', `Process ${pid} of ${jail.name} is there no more.`, {
    field: 'pid',
    cause: 'It has ended since it was listed, or never was a process of this jail.',
    fix: `Look at its processes anew; the page lists them every 2 s`,
  });
}

/** Null when it has ended meanwhile. */
export function readProcess(pid: number, idBase: number | null): JailProcess | null {
  const [stat, status] = [readProc(pid, 'stat'), readProc(pid, 'status')];
  if (stat === null || status === null) return null;
  // The name stands in parentheses and may hold anything, parentheses and spaces too
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const of = (key: string) => new RegExp(`^${key}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? '';
  const uid = Number(of('Uid').split(/\s+/)[0]) - (idBase ?? 0);
  const [, jailPid] = of('NSpid').split(/\s+/).map(Number);
  const command = readProc(pid, 'cmdline');
  return {
    pid,
    jailPid: jailPid ?? null,
    parent: Number(fields[1]),
    startTime: Number(fields[19]),
    uid: idBase !== null && uid >= 0 && uid < RANGE ? uid : null,
    state: fields[0] ?? '?',
    threads: Number(of('Threads')) || 1,
    memoryBytes: (Number.parseInt(of('VmRSS'), 10) || 0) * 1024,
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
    name: inert(stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'))),
    command: command ? inert(command.replace(/\0+$/, '').replaceAll('\0', ' ')) : null,
  };
}

function readProc(pid: number, file: 'stat' | 'status' | 'cmdline'): string | null {
  const path = `/proc/${pid}/${file}`;
  try {
    // The others are the kernel's own words, and as long as it makes them
    return (file === 'cmdline' ? readStartNow(path, COMMAND_BYTES) : readFileSync(path)).toString();
  } catch {
    return null;
  }
}

/** A jail chooses these texts: nothing of them may steer a terminal, turn its direction or hide. */
export function inert(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, '\u{fffd}');
}

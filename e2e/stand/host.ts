import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { endInstance, endProcess, instanceOfData } from './end-instance.ts';
import { type Ended, inNetns, mustRun, type ProgramOptions, runProgram } from './run-program.ts';
import { addressesOf, giveAddresses, type Joined } from './segment.ts';
import { commandOf, processesInNetns } from './site-processes.ts';
import type { Stand } from './stand.ts';

export type AgentPart = 'supervisor' | 'warden' | 'dialer';

/** A further machine on the segment, with an agent of its own. */
export interface Host extends Joined {
  /** its host name, by which the dashboard calls it */
  host: string;
  v4: string;
  v6: string;
  data: string;
  instance(): string;
  /** `cellblock …` by root on this host */
  cellblock(line: readonly string[], options?: ProgramOptions): Promise<Ended>;
  pidOf(part: AgentPart): Promise<number>;
  /** the agent, in the foreground of a process of its own; `enrolment` only the first time */
  start(enrolment?: Enrolment): void;
  /** kill -9 of all three processes, so that none starts another again */
  killAgent(): Promise<void>;
  /** nothing passes between this host and the dashboard, and nobody is told; its jails stay on the segment */
  cut(): Promise<void>;
  mend(): Promise<void>;
  close(): Promise<void>;
}

export interface Enrolment {
  dashboard: string;
  token: string;
}

/**
 * Host `number` of a stand: a network namespace whose `seg0` is a bridge that its administrator made, with
 * the uplink to the segment in it. Its agent is enrolled and approved when `ready` says so.
 */
export async function joinHost(stand: Stand, host: string, number: number): Promise<Host> {
  const { segment } = stand;
  const joined = await segment.join(host);
  const ip = (...words: string[]) => mustRun(['ip', '-n', joined.name, ...words]);
  await ip('link', 'add', segment.bridge, 'type', 'bridge');
  await ip('link', 'set', segment.bridge, 'up');
  await ip('link', 'set', 'eth0', 'master', segment.bridge);
  await giveAddresses(joined.name, segment.bridge, number);
  const { v4, v6 } = addressesOf(number);

  const data = path.join(path.dirname(stand.data), host);
  mkdirSync(path.join(data, 'bounds.d'), { recursive: true });
  mkdirSync(path.join(data, 'log'), { recursive: true });
  writeFileSync(path.join(data, 'bounds.d/10-stand.yaml'), `parents: [${segment.bridge}]\n`);
  const env = { CELLBLOCK_DATA: data, NO_COLOR: '1' };

  const cellblock: Host['cellblock'] = (line, options = {}) =>
    runProgram([stand.program, ...line], {
      ...options,
      netns: joined.netns,
      env: { ...env, ...options.env },
    });
  const silence = (verb: 'add' | 'delete') =>
    mustRun(['nft', verb, 'element', 'inet', 'cut', 'silenced', `{ ${v4} }`], { netns: segment.site });

  const pidOf: Host['pidOf'] = async (part) => {
    const { stdout } = await cellblock(['status', '-o', 'json']);
    const pid = (JSON.parse(stdout) as { processes: Record<string, number | null> }).processes[part];
    if (!pid) throw new Error(`${part} of ${host} is not running`);
    return pid;
  };

  return {
    ...joined,
    host,
    v4,
    v6,
    data,
    instance: () => instanceOfData(data) ?? '',
    cellblock,
    pidOf,
    start: (enrolment) => startAgent({ stand, joined, host, data, env }, enrolment),
    killAgent: async () => {
      // The supervisor first: it would start the others again.
      const parts = ['supervisor', 'warden', 'dialer'] as const;
      for (const pid of await Promise.all(parts.map(pidOf))) endProcess(pid);
    },
    cut: async () => {
      await mustRun(['nft', '-f', '-'], { netns: segment.site, stdin: cutTable(stand.port) });
      await silence('add');
    },
    mend: async () => void (await silence('delete')),
    close: async () => {
      const instance = instanceOfData(data);
      await cellblock(['down']);
      await cellblock(['agent', 'purge', '--yes']);
      for (const pid of processesInNetns(joined.netns)) {
        console.error(`still running on ${host}: ${pid} ${commandOf(pid).slice(0, 120)}`);
        endProcess(pid);
      }
      if (instance) endInstance(instance);
    },
  };
}

/** The one place that knows how a further host's agent is brought to run. */
function startAgent(
  at: { stand: Stand; joined: Joined; host: string; data: string; env: Record<string, string> },
  enrolment: Enrolment | undefined,
): void {
  if (enrolment) {
    const file = {
      dashboardUrl: enrolment.dashboard,
      token: enrolment.token,
      ca: readFileSync(path.join(at.stand.data, 'web/ca.pem'), 'utf8'),
    };
    mkdirSync(path.join(at.data, 'agent'), { recursive: true, mode: 0o700 });
    writeFileSync(path.join(at.data, 'agent/host.json'), JSON.stringify(file), { mode: 0o600 });
  }
  const log = openSync(path.join(at.data, 'log/stand.log'), 'a');
  // A machine of its own has a host name of its own.
  const named = ['unshare', '--uts', '--', 'sh', '-c', 'hostname "$0" && exec "$@"', at.host];
  const [program = '', ...args] = inNetns([...named, at.stand.program, 'agent', 'run'], at.joined.netns);
  spawn(program, args, { stdio: ['ignore', log, log], env: { ...process.env, ...at.env } }).unref();
}

/** What stands between dashboard and silenced hosts: a firewall that says nothing. */
const cutTable = (port: number) => `
add table inet cut
add set inet cut silenced { type ipv4_addr; }
add chain inet cut in { type filter hook input priority 0; }
add chain inet cut out { type filter hook output priority 0; }
flush chain inet cut in
flush chain inet cut out
add rule inet cut in ip saddr @silenced tcp dport ${port} drop
add rule inet cut out ip daddr @silenced tcp sport ${port} drop
`;

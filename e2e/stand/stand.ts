import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeChromium } from './chromium-in-netns.ts';
import { endInstance, endProcess, instanceOfData, unmountBelow } from './end-instance.ts';
import { type Ended, type ProgramOptions, runProgram } from './run-program.ts';
import { makeSegment, type Segment } from './segment.ts';
import { commandOf, processesInNetns } from './site-processes.ts';
import { standPrefix } from './stand-name.ts';

const repository = path.join(import.meta.dirname, '../..');
const PORT = 7420;
/** The first run on a machine builds everything. */
const UP_MS = 900_000;

/** The product as a person runs it, on a segment of its own. */
export interface Stand {
  segment: Segment;
  data: string;
  /** where Chromium in site finds the dashboard */
  url: string;
  /** where agents on other machines find it */
  dashboardUrl: string;
  port: number;
  /** path of `./cellblock` */
  program: string;
  /** path of a program that runs Chromium inside site */
  chromium: string;
  /** `./cellblock …` inside site */
  cellblock(line: readonly string[], options?: ProgramOptions): Promise<Ended>;
  /** the same, and throws with what it said when it failed; returns its stdout */
  must(line: readonly string[], options?: ProgramOptions): Promise<string>;
  /** the same with -o json, parsed */
  json<T>(...line: string[]): Promise<T>;
  /** `up --detach`; returns what it printed */
  up(): Promise<string>;
  /** pid of a part, as `status` says */
  pidOf(part: 'supervisor' | 'database' | 'dashboard' | 'warden' | 'dialer'): Promise<number>;
  /** network `segment`: jails on it share the segment with the outside client, v4 and v6 */
  makeSegmentNetwork(): Promise<void>;
  close(): Promise<void>;
}

/** With `listen` others than site can reach it, and site itself is no host. */
export async function makeStand(
  options: { listen?: string; env?: Record<string, string> } = {},
): Promise<Stand> {
  const given = options.env;
  const segment = await makeSegment();
  const directory = mkdtempSync(path.join(tmpdir(), standPrefix));
  // Database and dashboard run as users of their own.
  chmodSync(directory, 0o755);
  const data = path.join(directory, 'data');
  mkdirSync(path.join(data, 'bounds.d'), { recursive: true });
  writeFileSync(
    path.join(data, 'bounds.d/10-stand.yaml'),
    `parents: [${segment.bridge}]\nhostSettings: [net.ipv4.ip_forward, net.ipv6.conf.all.forwarding]\n`,
  );

  const cellblock: Stand['cellblock'] = (line, options = {}) =>
    runProgram([path.join(repository, 'cellblock'), ...line], {
      ...options,
      netns: segment.site,
      env: { CELLBLOCK_DATA: data, CELLBLOCK_PORT: String(PORT), NO_COLOR: '1', ...given, ...options.env },
    });
  const must = async (line: readonly string[], options: ProgramOptions = {}) => {
    const ended = await cellblock(line, options);
    if (ended.exitCode !== 0)
      throw new Error(`cellblock ${line.join(' ')}: exit ${ended.exitCode}\n${ended.stdout}${ended.stderr}`);
    return ended.stdout;
  };

  const dashboardUrl = options.listen ? `https://${segment.siteAddress}:${PORT}` : `http://localhost:${PORT}`;
  const beyond = options.listen ? ['--no-agent', '--listen', options.listen, '--url', dashboardUrl] : [];

  return {
    segment,
    data,
    dashboardUrl,
    port: PORT,
    program: path.join(repository, 'cellblock'),
    url: `http://localhost:${PORT}`,
    chromium: makeChromium(directory, segment.site),
    cellblock,
    must,
    json: async (...line) => JSON.parse(await must([...jsonLine(line)])) as never,
    up: () => must(['up', '--detach', ...beyond], { timeoutMs: UP_MS }),
    pidOf: async (part) => {
      const status = JSON.parse(await must(['status', '-o', 'json'])) as {
        processes: Record<string, number | null>;
      };
      const pid = status.processes[part];
      if (!pid) throw new Error(`${part} is not running`);
      return pid;
    },
    makeSegmentNetwork: async () => {
      const { bridge, subnet, subnet6 } = segment;
      const subnets = ['--subnet', subnet, '--subnet', subnet6];
      const wish = ['--kind', 'bridge', '--parent', bridge, ...subnets, '--gateway', segment.siteAddress];
      await must(['network', 'create', 'segment', ...wish]);
    },
    close: async () => {
      const instance = instanceOfData(data);
      await cellblock(['down']);
      await cellblock(['agent', 'purge', '--yes']);
      const left = processesInNetns(segment.site);
      for (const pid of left) {
        console.error(`still running in site: ${pid} ${commandOf(pid).slice(0, 120)}`);
        endProcess(pid);
      }
      if (instance) endInstance(instance);
      await segment.remove();
      unmountBelow(directory);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** -o json goes before `--`: what follows is the jail's. */
function jsonLine(line: readonly string[]): string[] {
  const end = line.indexOf('--');
  const at = end < 0 ? line.length : end;
  return [...line.slice(0, at), '-o', 'json', ...line.slice(at)];
}

import { chmodSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { makeChromium } from './chromium-in-netns.ts';
import { endProcess } from './end-instance.ts';
import { runProgram } from './run-program.ts';
import { addressesOf, giveAddresses } from './segment.ts';
import { commandOf, processesInNetns } from './site-processes.ts';
import type { Stand } from './stand.ts';

/** A second dashboard, on a machine of its own on the segment, with a data directory of its own. */
export type FurtherDashboard = Pick<
  Stand,
  'cellblock' | 'must' | 'json' | 'up' | 'pidOf' | 'url' | 'dashboardUrl' | 'chromium' | 'data'
> & { close(): Promise<void> };

export async function joinDashboard(
  stand: Stand,
  number: number,
  databaseUrl: string,
): Promise<FurtherDashboard> {
  const joined = await stand.segment.join('further');
  await giveAddresses(joined.name, 'eth0', number);
  const directory = path.join(path.dirname(stand.data), 'further');
  mkdirSync(directory);
  chmodSync(directory, 0o755);
  const data = path.join(directory, 'data');
  const dashboardUrl = `https://${addressesOf(number).v4}:${stand.port}`;
  const env = {
    CELLBLOCK_DATA: data,
    CELLBLOCK_PORT: String(stand.port),
    NO_COLOR: '1',
    DATABASE_URL: databaseUrl,
  };
  const cellblock: Stand['cellblock'] = (line, options = {}) =>
    runProgram([stand.program, ...line], {
      ...options,
      netns: joined.netns,
      env: { ...env, ...options.env },
    });
  const must: Stand['must'] = async (line, options = {}) => {
    const ended = await cellblock(line, options);
    if (ended.exitCode === 0) return ended.stdout;
    throw new Error(`cellblock ${line.join(' ')}: exit ${ended.exitCode}\n${ended.stdout}${ended.stderr}`);
  };
  const json: Stand['json'] = async (...line) => JSON.parse(await must([...line, '-o', 'json'])) as never;
  return {
    cellblock,
    must,
    json,
    data,
    dashboardUrl,
    url: stand.url,
    chromium: makeChromium(directory, joined.netns),
    up: () =>
      must(['up', '--detach', '--no-agent', '--listen', '0.0.0.0', '--url', dashboardUrl], {
        timeoutMs: 900_000,
      }),
    pidOf: async (part) => {
      const { processes } = await json<{ processes: Record<string, number | null> }>('status');
      const pid = processes[part];
      if (!pid) throw new Error(`${part} of the further dashboard is not running`);
      return pid;
    },
    close: async () => {
      await cellblock(['down']);
      for (const pid of processesInNetns(joined.netns)) {
        console.error(`still running at the further dashboard: ${pid} ${commandOf(pid).slice(0, 120)}`);
        endProcess(pid);
      }
    },
  };
}

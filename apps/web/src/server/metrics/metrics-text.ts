import { exposition, type Metric } from '@cellblock/shared/exposition';
import type { JailUsage } from '@cellblock/shared/jail-usage';
import type { JailSummary } from '@cellblock/shared/views/jail-view';
import type { Db } from '../db.ts';
import { loadJails } from '../jails/queries.ts';
import { listPools } from '../pools/queries.ts';
import { taskDurations } from './task-durations.ts';

/** Everything that is measured, by jail, pool, host and kind of task; never by address, of which there are too many. */
export async function metricsText(db: Db, now: Date): Promise<string> {
  const [jails, pools, hosts, tasks] = await Promise.all([
    loadJails(db, {}),
    listPools(db, {}),
    db.host.findMany({ where: { removedAt: null }, select: { name: true, lastReportAt: true } }),
    taskDurations(db, now),
  ]);
  return exposition([
    {
      name: 'cellblock_jail_state',
      help: 'The state that a jail is in has the value 1.',
      type: 'gauge',
      samples: jails.map((jail) => ({ labels: { ...of(jail), state: jail.state }, value: 1 })),
    },
    {
      name: 'cellblock_ip_pool_addresses',
      help: 'Addresses of a pool, by state.',
      type: 'gauge',
      samples: pools.flatMap((pool) =>
        Object.entries(pool.counts).map(([state, value]) => ({
          labels: { pool: pool.name, network: pool.network.name, state },
          value: Number(value),
        })),
      ),
    },
    {
      name: 'cellblock_agent_report_age_seconds',
      help: 'Time since the last report of a host.',
      type: 'gauge',
      samples: hosts.map(({ name, lastReportAt }) => ({
        labels: { host: name },
        value: lastReportAt && Math.max(0, (now.getTime() - lastReportAt.getTime()) / 1000),
      })),
    },
    tasks,
    ...USAGE.map(
      ([key, name, type, help]): Metric => ({
        name: `cellblock_jail_${name}`,
        help,
        type,
        // What a silent host said last is not what is
        samples: jails.map((jail) => ({
          labels: of(jail),
          value: jail.state === 'unknown' ? null : jail.usage?.[key],
        })),
      }),
    ),
    ...LIMITS.map(
      ([key, name, help]): Metric => ({
        name: `cellblock_jail_${name}`,
        help,
        type: 'gauge',
        samples: jails.map((jail) => ({ labels: of(jail), value: jail.limits[key] })),
      }),
    ),
  ]);
}

const of = (jail: JailSummary) => ({ jail: jail.name, host: jail.host.name });

const USAGE: readonly (readonly [Exclude<keyof JailUsage, 'at'>, string, 'gauge' | 'counter', string])[] = [
  ['memoryBytes', 'memory_bytes', 'gauge', 'Memory in use, with the cache of files.'],
  ['pids', 'processes', 'gauge', 'Processes and threads.'],
  ['storageBytes', 'storage_bytes', 'gauge', 'Bytes in its directory, where that is counted.'],
  ['storageFiles', 'storage_files', 'gauge', 'Files in its directory, where that is counted.'],
  ['cpuSeconds', 'cpu_seconds_total', 'counter', 'Processor time used.'],
  ['throttledSeconds', 'cpu_throttled_seconds_total', 'counter', 'Time that it had to wait for its limit.'],
  ['ioReadBytes', 'io_read_bytes_total', 'counter', 'Bytes read from the disk.'],
  ['ioWriteBytes', 'io_written_bytes_total', 'counter', 'Bytes written to the disk.'],
  ['oomKills', 'oom_kills_total', 'counter', 'Processes killed because its memory was full.'],
  [
    'cpuPressureSeconds',
    'cpu_pressure_seconds_total',
    'counter',
    'Time in which one waited for the processor.',
  ],
  [
    'memoryPressureSeconds',
    'memory_pressure_seconds_total',
    'counter',
    'Time in which one waited for memory.',
  ],
  ['ioPressureSeconds', 'io_pressure_seconds_total', 'counter', 'Time in which one waited for the disk.'],
];

const LIMITS = [
  ['memory', 'memory_limit_bytes', 'Its limit on memory.'],
  ['cpus', 'cpu_limit_cores', 'Its limit on processor time.'],
  ['pids', 'process_limit', 'Its limit on processes.'],
] as const;

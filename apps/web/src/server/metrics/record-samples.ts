import type { HostStatus } from '@cellblock/shared/host-status';
import { SAMPLE_KEYS, sampleSlot } from '@cellblock/shared/jail-sample';
import type { Db } from '../db.ts';

/** Which quarter of a minute of each host is stored already, by this process: the rest of it needs no look. */
const stored = new Map<string, string>();

/** Stores what a host's running jails use, once in a quarter of a minute, in one statement. Stored twice is once. */
export async function recordSamples(db: Db, hostId: string, status: HostStatus): Promise<void> {
  const now = new Date();
  const { at } = sampleSlot(now);
  if (stored.get(hostId) === at) return;
  const reported = Date.parse(status.at);
  const rows = status.jails.flatMap(({ id, usage }) => {
    if (usage === null) return [];
    // A look that is older than the report belongs to its own time, and is stored already if it was told before
    const age = usage.at === undefined ? 0 : Math.max(0, reported - Date.parse(usage.at));
    const slot = sampleSlot(new Date(now.getTime() - age));
    const values = SAMPLE_KEYS.map((key) => [columnOf(key), usage[key] ?? null] as const);
    return [{ jail_id: id, ...slot, ...Object.fromEntries(values) }];
  });
  if (rows.length > 0) {
    // Only rows of jails of this host: no host speaks for another's.
    await db.$executeRaw`
      INSERT INTO jail_sample (
        jail_id, at, keep, memory_bytes, memory_peak_bytes, pids, cpu_seconds, throttled_seconds,
        io_read_bytes, io_write_bytes, io_read_operations, io_write_operations,
        cpu_pressure_seconds, memory_pressure_seconds, io_pressure_seconds, oom_kills)
      SELECT
        given.jail_id, given.at, given.keep, memory_bytes, memory_peak_bytes, pids, cpu_seconds,
        throttled_seconds, io_read_bytes, io_write_bytes, io_read_operations, io_write_operations,
        cpu_pressure_seconds, memory_pressure_seconds, io_pressure_seconds, oom_kills
      FROM json_populate_recordset(NULL::jail_sample, ${JSON.stringify(rows)}::json) AS given
      JOIN jail ON jail.id = given.jail_id AND jail.host_id = ${hostId}::uuid
      ON CONFLICT DO NOTHING`;
  }
  stored.set(hostId, at);
}

/** `ioReadBytes` is `io_read_bytes` in the table. */
export function columnOf(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

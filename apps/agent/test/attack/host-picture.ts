import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** Settings of the whole host; those of network and ipc namespaces are of whoever made the namespace. */
const SETTINGS = ['/proc/sys/kernel', '/proc/sys/vm', '/proc/sys/fs', '/proc/sys/dev'];
/** They change by themselves. */
const LIVELY =
  /\/(random|ns_last_pid|inode-nr|inode-state|dentry-state|file-nr|aio-nr|pty\/nr|stat_refresh|tainted|sched_domain|perf_event_max_sample_rate|perf_cpu_time_max_percent|binfmt_misc|mqueue|quota|sem_next_id|msg_next_id|shm_next_id|user_events_max|compact_memory|drop_caches|nr_hugepages_mempolicy|nr_hugepages|firmware_config|cap_last_cap|usermodehelper)/;

/** What a jail must not change, seen from the host: name → what it is now. */
export function hostPicture(files: string[]): Record<string, string> {
  const picture: Record<string, string> = { hostname: hostname() };
  for (const directory of SETTINGS) settingsBelow(directory, picture);
  for (const file of files) {
    const { mode, uid, gid, ino } = statSync(file);
    const hash = createHash('sha256').update(readFileSync(file)).digest('hex');
    picture[file] = `${hash} ${mode.toString(8)} ${uid}:${gid} ${ino}`;
  }
  return picture;
}

function settingsBelow(directory: string, picture: Record<string, string>): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (LIVELY.test(path)) continue;
    if (entry.isDirectory()) settingsBelow(path, picture);
    else picture[path] = settingAt(path);
  }
}

function settingAt(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unreadable';
  }
}

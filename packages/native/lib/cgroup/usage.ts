import type { CgroupUsage } from '../kernel.ts';
import { keyedNumber, readGroupFile } from './group-files.ts';
import type { Place } from './place.ts';

/** What a group uses, by the files of each controller; null where the host does not account for it. */
export function readUsage(place: (controller: string) => Place | null, unified: string | null): CgroupUsage {
  const memory = place('memory');
  const cpu = unified === null ? null : readGroupFile(unified, 'cpu.stat');
  const microseconds = keyedNumber(cpu, 'usage_usec');
  const account = place('cpuacct');
  const nanoseconds = account ? readGroupFile(account.group, 'cpuacct.usage') : null;
  const pids = place('pids');
  const number = (text: string | null) => (text === null ? null : Number(text));
  return {
    memoryBytes: memory
      ? number(readGroupFile(memory.group, memory.version === 1 ? 'memory.usage_in_bytes' : 'memory.current'))
      : null,
    // v1 counts what v2 does not see: processes that are in the v1 group only
    cpuSeconds: nanoseconds !== null ? Number(nanoseconds) / 1e9 : microseconds && microseconds / 1e6,
    pids: pids ? number(readGroupFile(pids.group, 'pids.current')) : null,
    oomKills: memory
      ? keyedNumber(
          readGroupFile(memory.group, memory.version === 1 ? 'memory.oom_control' : 'memory.events'),
          'oom_kill',
        )
      : null,
  };
}

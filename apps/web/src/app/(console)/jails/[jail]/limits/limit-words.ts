import type { JailLimit } from '@cellblock/shared/jail-limits';
import { bytesText, countText } from '@/ui/number-text';

interface Words {
  label: string;
  text: (value: number) => string;
  hint?: string;
}

const perSecond = (value: number) => `${bytesText(value)}/s`;
const times = (value: number) => `${countText(value)}/s`;

/** What each limit is called in the browser, and how its value reads. */
export const LIMIT_WORDS: Record<JailLimit, Words> = {
  memory: { label: 'Memory', text: bytesText, hint: '256M, 1G' },
  cpus: { label: 'CPUs', text: String, hint: '0.5 is half a core' },
  cpuWeight: { label: 'CPU weight', text: String, hint: '1 to 10000; 100 is everybody’s' },
  pids: { label: 'Processes', text: countText },
  ioReadBytes: { label: 'Disk reading', text: perSecond, hint: 'bytes a second: 10M' },
  ioWriteBytes: { label: 'Disk writing', text: perSecond, hint: 'bytes a second: 10M' },
  ioReadOperations: { label: 'Disk reads', text: times, hint: 'times a second' },
  ioWriteOperations: { label: 'Disk writes', text: times, hint: 'times a second' },
  ioWeight: { label: 'Disk weight', text: String, hint: '1 to 1000; needs a disk with bfq' },
};

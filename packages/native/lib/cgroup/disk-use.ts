import type { CgroupAccount } from '../kernel.ts';
import { readGroupFile } from './group-files.ts';
import type { Place } from './place.ts';

type DiskUse = Pick<CgroupAccount, 'ioReadBytes' | 'ioWriteBytes' | 'ioReadOperations' | 'ioWriteOperations'>;

const UNKNOWN: DiskUse = {
  ioReadBytes: null,
  ioWriteBytes: null,
  ioReadOperations: null,
  ioWriteOperations: null,
};

/** What a group has read from and written to one disk. What never reached a disk is not in it. */
export function diskUse(place: Place | null, device: string | null): DiskUse {
  if (!place || device === null) return UNKNOWN;
  return place.version === 2 ? inV2(place.group, device) : inV1(place.group, device);
}

/** `254:0 rbytes=1 wbytes=2 rios=3 wios=4 …`; a disk that was not used is not listed. */
function inV2(group: string, device: string): DiskUse {
  const text = readGroupFile(group, 'io.stat');
  if (text === null) return UNKNOWN;
  const line = text.split('\n').find((one) => one.startsWith(`${device} `));
  const of = (key: string) => Number(new RegExp(` ${key}=(\\d+)`).exec(line ?? '')?.[1] ?? 0);
  return {
    ioReadBytes: of('rbytes'),
    ioWriteBytes: of('wbytes'),
    ioReadOperations: of('rios'),
    ioWriteOperations: of('wios'),
  };
}

/** `254:0 Read 4096`, a line for each. */
function inV1(group: string, device: string): DiskUse {
  const bytes = readGroupFile(group, 'blkio.throttle.io_service_bytes_recursive');
  const times = readGroupFile(group, 'blkio.throttle.io_serviced_recursive');
  const of = (text: string | null, what: string) =>
    text === null ? null : Number(new RegExp(`^${device} ${what} (\\d+)`, 'm').exec(text)?.[1] ?? 0);
  return {
    ioReadBytes: of(bytes, 'Read'),
    ioWriteBytes: of(bytes, 'Write'),
    ioReadOperations: of(times, 'Read'),
    ioWriteOperations: of(times, 'Write'),
  };
}

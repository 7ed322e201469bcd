import type { CgroupLimits } from '../kernel.ts';
import { readGroupFile } from './group-files.ts';
import type { LimitWrite } from './limits.ts';
import type { Place } from './place.ts';

type Rate = 'ioReadBytes' | 'ioWriteBytes' | 'ioReadOperations' | 'ioWriteOperations';

/** v1 has a file for each, which lists `MAJOR:MINOR rate`; v2 has one, with a key for each. */
const RATES: Record<Rate, { v1: string; v2: string }> = {
  ioReadBytes: { v1: 'blkio.throttle.read_bps_device', v2: 'rbps' },
  ioWriteBytes: { v1: 'blkio.throttle.write_bps_device', v2: 'wbps' },
  ioReadOperations: { v1: 'blkio.throttle.read_iops_device', v2: 'riops' },
  ioWriteOperations: { v1: 'blkio.throttle.write_iops_device', v2: 'wiops' },
};
const NAMES = Object.keys(RATES) as Rate[];
const USUAL_WEIGHT = 100;
const WEIGHT_FILES = { 1: ['blkio.bfq.weight'], 2: ['io.bfq.weight', 'io.weight'] } as const;

/** What holds for a disk; null where nothing does. */
export function readDiskLimits(place: Place, device: string): CgroupLimits {
  const limits: CgroupLimits = {};
  const v2 = place.version === 2 ? deviceLine(readGroupFile(place.group, 'io.max'), device) : null;
  for (const name of NAMES) {
    const { v1: file, v2: key } = RATES[name];
    const text =
      place.version === 1
        ? deviceLine(readGroupFile(place.group, file), device)
        : v2
            ?.split(' ')
            .find((one) => one.startsWith(`${key}=`))
            ?.slice(key.length + 1);
    limits[name] = text === null || text === undefined || text === 'max' ? null : Number(text);
  }
  const weight = readWeight(place);
  if (weight !== null) limits.ioWeight = weight.value === USUAL_WEIGHT ? null : weight.value;
  return limits;
}

function deviceLine(text: string | null, device: string): string | null {
  const line = text?.split('\n').find((one) => one.startsWith(`${device} `));
  return line === undefined ? null : line.slice(device.length + 1);
}

/** Null when the host has no file for it. */
function readWeight(place: Place): { file: string; value: number } | null {
  for (const file of WEIGHT_FILES[place.version]) {
    const text = readGroupFile(place.group, file);
    if (text !== null) return { file, value: Number(/(\d+)/.exec(text)?.[1] ?? USUAL_WEIGHT) };
  }
  return null;
}

/** What to write for the limits on io of one disk. A rate of a disk leaves the file when it is lifted, so what puts
 *  the old one back is written out. */
export function diskWrites(limits: CgroupLimits, place: Place, device: string): LimitWrite[] {
  const now = readDiskLimits(place, device);
  const writes: LimitWrite[] = [];
  for (const name of NAMES) {
    const value = limits[name];
    if (value === undefined) continue;
    const { v1: file, v2: key } = RATES[name];
    const line = (rate: number | null) =>
      place.version === 1 ? `${device} ${rate ?? 0}` : `${device} ${key}=${rate ?? 'max'}`;
    writes.push({
      controller: 'io',
      file: place.version === 1 ? file : 'io.max',
      value: line(value),
      back: line(now[name] ?? null),
    });
  }
  if (limits.ioWeight !== undefined) {
    const weight = readWeight(place);
    const value = limits.ioWeight ?? USUAL_WEIGHT;
    for (const file of WEIGHT_FILES[place.version]) {
      writes.push({
        controller: 'io',
        file,
        value: String(value),
        back: String(weight?.value ?? USUAL_WEIGHT),
        optional: weight !== null && weight.file !== file,
      });
    }
  }
  return writes;
}

import {
  JAIL_LIMITS,
  type JailLimit,
  type JailLimits,
  LIMIT_OPTIONS,
  SIZE_LIMITS,
} from '@cellblock/shared/jail-limits';
import type { Command } from 'commander';
import { numberOf, sizeOf } from './number-options.ts';

export type LimitOptions = Partial<Record<JailLimit, string>>;

/** The options of `create` and `set`; commander names them as the limits are named, or as here. */
const OPTIONS: Record<JailLimit, { value: string; text: string }> = {
  memory: { value: '<size>', text: 'limit: 256M' },
  cpus: { value: '<n>', text: 'limit in cores: 0.5' },
  cpuWeight: { value: '<n>', text: 'share of the processor when others want it too; 100 is everybody’s' },
  pids: { value: '<n>', text: 'limit of processes' },
  ioReadBytes: { value: '<size>', text: 'limit: bytes read from the disk a second: 10M' },
  ioWriteBytes: { value: '<size>', text: 'limit: bytes written to the disk a second' },
  ioReadOperations: { value: '<n>', text: 'limit of reads a second' },
  ioWriteOperations: { value: '<n>', text: 'limit of writes a second' },
  ioWeight: { value: '<n>', text: 'share of the disk when others want it too; 100 is everybody’s' },
};

/** How a refusal's field is spelt here. */
export const LIMIT_FLAGS = Object.fromEntries(
  JAIL_LIMITS.map((limit) => [`settings.limits.${limit}`, LIMIT_OPTIONS[limit]]),
);

export function withLimitOptions(command: Command): Command {
  for (const limit of JAIL_LIMITS) {
    command.option(`${LIMIT_OPTIONS[limit]} ${OPTIONS[limit].value}`, OPTIONS[limit].text);
  }
  return command;
}

/** The limits that were given; `none` lifts one. */
export function limitsOf(options: object): Partial<JailLimits> {
  const given: Partial<JailLimits> = {};
  for (const limit of JAIL_LIMITS) {
    const flag = LIMIT_OPTIONS[limit];
    const text = (options as Record<string, string | undefined>)[attributeOf(flag)];
    if (text === undefined) continue;
    if (text === 'none') given[limit] = null;
    else given[limit] = SIZE_LIMITS.has(limit) ? sizeOf(flag, text) : numberOf(flag, text);
  }
  return given;
}

/** As commander names what stands behind `--io-read`: ioRead. */
function attributeOf(flag: string): string {
  return flag.slice(2).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

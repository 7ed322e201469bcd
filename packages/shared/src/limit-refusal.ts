import {
  type JailLimit,
  type JailLimits,
  LIMIT_NEEDS,
  LIMIT_OPTIONS,
  limitsWithoutController,
} from './jail-limits.ts';
import type { JailUsage } from './jail-usage.ts';
import { formatSize } from './size.ts';

export interface LimitRefusal {
  limit: JailLimit;
  message: string;
  cause: string;
  fix: string;
}

/**
 * Why limits cannot be set: the host cannot hold one, or the jail uses more than one allows right now. What the
 * host does not say refuses nothing: it has the last word (EBUSY, EOPNOTSUPP).
 */
export function limitRefusal(
  limits: JailLimits,
  given: {
    jail: string;
    host: string;
    /** HostFacts.controllers */
    controllers: readonly string[] | undefined;
    /** null: it does not run */
    usage: JailUsage | null;
  },
): LimitRefusal | null {
  const { jail, host, controllers, usage } = given;
  const [lacking] = controllers ? limitsWithoutController(limits, controllers) : [];
  if (lacking !== undefined) {
    const needs = LIMIT_NEEDS[lacking];
    return {
      limit: lacking,
      message: `Host ${host} cannot hold this limit.`,
      cause:
        needs === 'io-weight'
          ? 'The scheduler of the disk that its jails lie on knows no weights.'
          : `It lacks the controller ${needs}.`,
      fix: `Leave ${LIMIT_OPTIONS[lacking]} out, or see what the host lacks: cellblock host check ${host}`,
    };
  }
  const memory = usage?.memoryNeededBytes ?? null;
  if (limits.memory !== null && memory !== null && memory > limits.memory) {
    return {
      limit: 'memory',
      message: `${formatSize(limits.memory)} is less than ${jail} uses.`,
      cause: `In use now: ${formatSize(memory)}, without what could be given back.`,
      fix: `Ask for more than that, or stop ${jail} first: cellblock stop ${jail}`,
    };
  }
  const pids = usage?.pids ?? null;
  if (limits.pids !== null && pids !== null && pids > limits.pids) {
    return {
      limit: 'pids',
      message: `${limits.pids} processes are fewer than ${jail} has.`,
      cause: `Running now: ${pids}.`,
      fix: `Ask for at least ${pids}, or stop ${jail} first: cellblock stop ${jail}`,
    };
  }
  return null;
}

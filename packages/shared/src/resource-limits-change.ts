import type { ResourceLimits } from './jail-spec.ts';

export type LimitedResource = keyof ResourceLimits;

export function sameResourceLimits(a: ResourceLimits, b: ResourceLimits): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]) as ReadonlySet<LimitedResource>;
  return [...names].every((name) => a[name] === b[name]);
}

/** Limits that processes which run would have to be raised to: above one that was named, or to none. That takes
 *  CAP_SYS_RESOURCE of the host's root; whatever is started anew has them without it. */
export function raisedLimits(running: ResourceLimits, wanted: ResourceLimits): LimitedResource[] {
  return (Object.keys(running) as LimitedResource[]).filter((name) => {
    const [now, then] = [running[name], wanted[name]];
    return now !== undefined && (then === undefined || then > now);
  });
}

/** `nofile 64, core 0`; `what the host gives` when nothing is named. */
export function resourceLimitsText(limits: ResourceLimits): string {
  const parts = Object.entries(limits).map(([name, value]) => `${name} ${value}`);
  return parts.length === 0 ? 'what the host gives' : parts.join(', ');
}

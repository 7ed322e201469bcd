import { specKey } from '../host-spec.ts';
import type { JailState } from '../host-state.ts';
import { NO_LIMITS, sameLimits } from '../jail-limits.ts';
import type { Step } from '../step.ts';
import { differs, NETNS_SETTINGS } from './settings.ts';
import type { WantedJail } from './wanted.ts';

/** Everything a jail needs beside its network: ids, storage, control group, namespace. */
export function surroundingsAdditions(jail: WantedJail, seen: JailState | undefined): Step[] {
  if (!jail.life.up) return [];
  const of = about(jail);
  const steps: Step[] = [];
  if (seen?.idBase == null) steps.push({ kind: 'ids.claim', ...of });
  if (seen?.storage !== 'safe') steps.push({ kind: 'storage.create', ...of });
  if (!seen?.cgroup || seen.cgroup.whole === false) steps.push({ kind: 'cgroup.create', ...of });
  const { limits, devices } = jail.spec.settings;
  if (!sameLimits(seen?.cgroup?.limits ?? NO_LIMITS, limits)) {
    steps.push({ kind: 'cgroup.limits', ...of, limits });
  }
  if (!seen?.cgroup || !hasDevices(seen.cgroup.devices, devices)) {
    steps.push({ kind: 'cgroup.devices', ...of, devices });
  }
  if (!seen?.netns) steps.push({ kind: 'netns.create', ...of });
  for (const [key, value] of Object.entries(NETNS_SETTINGS)) {
    if (differs(seen?.netns?.settings, key, value)) steps.push({ kind: 'netns.setting', ...of, key, value });
  }
  return steps;
}

/** Absent: the host cannot keep a group from a device; its check says so, and nothing is to be done. */
function hasDevices(seen: readonly string[] | null | undefined, wanted: readonly string[]): boolean {
  if (seen === undefined) return true;
  return seen !== null && [...seen].sort().join() === [...new Set(wanted)].sort().join();
}

/** What is left once pid 1 and the links are gone. The range of ids stays the jail's until it is destroyed. */
export function surroundingsRemovals(jail: WantedJail, seen: JailState | undefined): Step[] {
  if (!seen || jail.life.up) return [];
  const of = about(jail);
  const steps: Step[] = [];
  if (seen.cgroup) steps.push({ kind: 'cgroup.remove', ...of });
  if (jail.spec.wanted !== 'destroyed') return steps;
  if (jail.spec.purge && seen.storage !== 'absent') steps.push({ kind: 'storage.remove', ...of });
  if (seen.idBase !== null) steps.push({ kind: 'ids.release', ...of });
  return steps;
}

export function netnsRemoval(jail: WantedJail, seen: JailState | undefined): Step[] {
  if (!seen?.netns || jail.life.up) return [];
  return [{ kind: 'netns.remove', ...about(jail) }];
}

export function processStop(jail: WantedJail, seen: JailState | undefined): Step[] {
  if (!jail.life.stop || !seen?.process) return [];
  return [{ kind: 'process.stop', ...about(jail), startNumber: seen.process.startNumber }];
}

export function processStart(jail: WantedJail): Step[] {
  if (jail.life.start === null) return [];
  const { startNumber } = jail.spec;
  return [{ kind: 'process.start', ...about(jail), startNumber, reason: jail.life.start }];
}

export function about(jail: WantedJail) {
  return {
    object: specKey(jail.spec),
    cause: jail.spec.cause,
    jail: jail.spec.key,
    name: jail.spec.name,
  };
}

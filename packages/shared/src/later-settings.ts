import { canonicalJson } from './canonical-json.ts';
import type { JailLimit } from './jail-limits.ts';
import type { JailRoot, JailSettings } from './jail-spec.ts';

/**
 * Settings that agents of the first build do not know and drop when they read a jail, with the value by which
 * they say nothing. A setting that is added later has its line here.
 */
const LATER = {
  profile: 'daemon',
  storage: { kind: 'directory', size: null, inodes: null },
  view: [],
  devices: [],
  resourceLimits: {},
} satisfies Partial<JailSettings>;
const FIRST_LIMITS: ReadonlySet<string> = new Set<JailLimit>(['memory', 'cpus', 'pids']);
const FIRST_ROOTS: ReadonlySet<string> = new Set<JailRoot['kind']>(['host-usr', 'dir', 'tar']);

/** As an agent of the first build has them, if none of the later settings says anything. */
export function withoutWhatSaysNothing(settings: JailSettings): object {
  const limits = Object.entries(settings.limits).filter(
    ([limit, value]) => value !== null || FIRST_LIMITS.has(limit),
  );
  const fields = Object.entries(settings).filter(([field, value]) => !saysNothing(field, value));
  return { ...Object.fromEntries(fields), limits: Object.fromEntries(limits) };
}

/** Which of the later settings say something: `profile`, `limits.ioWeight`. */
export function laterSettings(settings: JailSettings): string[] {
  const fields = Object.keys(LATER).filter(
    (field) => !saysNothing(field, settings[field as keyof JailSettings]),
  );
  const limits = Object.entries(settings.limits).flatMap(([limit, value]) =>
    value === null || FIRST_LIMITS.has(limit) ? [] : [`limits.${limit}`],
  );
  return [...(FIRST_ROOTS.has(settings.root.kind) ? [] : ['root']), ...fields, ...limits];
}

function saysNothing(field: string, value: unknown): boolean {
  if (!Object.hasOwn(LATER, field)) return false;
  return value === undefined || canonicalJson(value) === canonicalJson(LATER[field as keyof typeof LATER]);
}

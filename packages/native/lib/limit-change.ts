import type { ProcessLimit } from './kernel.ts';

/** What the processes of a tree have, and what they are to have from now on; by name. */
export type LimitChange = Record<string, { from: ProcessLimit; to: ProcessLimit }>;

const amount = (value: number | null): number => value ?? Number.POSITIVE_INFINITY;
const least = (a: number | null, b: number | null): number | null => (amount(a) < amount(b) ? a : b);
const isSame = (a: ProcessLimit, b: ProcessLimit): boolean => a.soft === b.soft && a.hard === b.hard;

/**
 * From one list of named limits to another; what neither names is not touched, and what is no longer named is as
 * usual. `pending`: what some processes may have still, or already, of a change before this one that did not come to
 * its end.
 */
export function limitChange(o: {
  before: Readonly<Record<string, number>>;
  after: Readonly<Record<string, number>>;
  usual: Readonly<Record<string, ProcessLimit>>;
  pending?: Readonly<Record<string, ProcessLimit>> | null;
}): LimitChange {
  const had = (limits: Readonly<Record<string, number>>, name: string): ProcessLimit => {
    const value = limits[name];
    if (value !== undefined) return { soft: value, hard: value };
    return o.usual[name] ?? { soft: null, hard: null };
  };
  const change: LimitChange = {};
  const names = new Set([o.before, o.after, o.pending ?? {}].flatMap((limits) => Object.keys(limits)));
  for (const name of [...names].sort()) {
    const before = had(o.before, name);
    const to = had(o.after, name);
    const left = o.pending?.[name];
    if (!left && isSame(before, to)) continue;
    const from = left ? { soft: least(left.soft, before.soft), hard: least(left.hard, before.hard) } : before;
    change[name] = { from, to };
  }
  return change;
}

/**
 * What one process is to have; null: what it has. One that gave itself less than it was given keeps that, as far as
 * the new limit allows it: services do it to be safe.
 */
export function limitOf(
  now: ProcessLimit,
  { from, to }: { from: ProcessLimit; to: ProcessLimit },
): ProcessLimit | null {
  const moved = (is: number | null, was: number | null, next: number | null) =>
    amount(is) >= amount(was) ? next : least(is, next);
  const hard = moved(now.hard, from.hard, to.hard);
  const next = { soft: least(moved(now.soft, from.soft, to.soft), hard), hard };
  return isSame(next, now) ? null : next;
}

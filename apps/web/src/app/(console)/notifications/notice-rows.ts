import type { ObjectRef } from '@cellblock/shared/audit-event';

export interface Row {
  subject: string;
  severity: 'bad' | 'warn' | 'unknown' | 'ok' | 'info';
  object: ObjectRef;
  at: string;
  clearedAt: string | null;
  done: boolean;
}

const ORDER = { bad: 0, warn: 1, unknown: 2, info: 3, ok: 4 };

/**
 * What is open comes before what cleared, the worst object first; what is about one object stands together,
 * newest first. `first`: the row begins its object.
 */
export function byObject<T extends Row>(rows: readonly T[]): (T & { first: boolean })[] {
  const groups = Map.groupBy(rows, ({ object, clearedAt }) =>
    [clearedAt === null ? 'open' : 'over', object.type, object.id].join('/'),
  );
  const worst = (group: readonly T[]) => Math.min(...group.map(({ severity }) => ORDER[severity]));
  const newest = (group: readonly T[]) =>
    group
      .map(({ at }) => at)
      .sort()
      .at(-1) ?? '';
  const over = (group: readonly T[]) => (group[0]?.clearedAt === null ? 0 : 1);
  return [...groups.values()]
    .sort((a, b) => over(a) - over(b) || worst(a) - worst(b) || newest(b).localeCompare(newest(a)))
    .flatMap((group) =>
      [...group].sort((a, b) => b.at.localeCompare(a.at)).map((row, at) => ({ ...row, first: at === 0 })),
    );
}

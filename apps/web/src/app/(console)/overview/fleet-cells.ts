import type { JailState, JailSummary } from '@cellblock/shared/views/jail-view';

export type Look = 'good' | 'moving' | 'down' | 'bad' | 'unknown';

export const LOOK_WORDS: Record<Look, string> = {
  good: 'running',
  moving: 'on its way',
  down: 'stopped',
  bad: 'failed',
  unknown: 'unknown',
};

/** What a cell of the map looks like: five looks for nine words. */
export function cellLook(state: JailState): Look {
  switch (state) {
    case 'running':
      return 'good';
    case 'failed':
      return 'bad';
    case 'unknown':
      return 'unknown';
    case 'stopped':
    case 'destroyed':
      return 'down';
    default:
      return 'moving';
  }
}

/** Hosts by name, each with its jails by name. */
export function byHost<Jail extends Pick<JailSummary, 'name' | 'host'>>(
  jails: readonly Jail[],
): [string, Jail[]][] {
  return [...Map.groupBy(jails, ({ host }) => host.name)]
    .map(([host, rows]): [string, Jail[]] => [host, rows.sort((a, b) => a.name.localeCompare(b.name))])
    .sort(([a], [b]) => a.localeCompare(b));
}

import { AppError } from '@cellblock/shared/app-error';
import type { PoolCount } from '@cellblock/shared/ip-pool';

/** Nothing is free: what stands in the way, counted, and when the next one is. */
export function poolFull(pools: readonly { name: string; count: PoolCount }[], network: string): AppError {
  const names = pools.map(({ name }) => name).join(', ');
  const sum = { assigned: 0, reserved: 0, releasing: 0, cooling: 0 };
  let size = 0n;
  let nextFreeAt: Date | null = null;
  for (const { count } of pools) {
    size += count.size;
    for (const part of ['assigned', 'reserved', 'releasing', 'cooling'] as const) sum[part] += count[part];
    if (count.nextFreeAt && (!nextFreeAt || count.nextFreeAt < nextFreeAt)) nextFreeAt = count.nextFreeAt;
  }
  const parts = Object.entries(sum).map(([part, count]) => `${count} ${part}`);
  return new AppError(
    'conflict',
    `Pool ${names} of network ${network} has no free address: of ${size} are ${parts.join(', ')}.`,
    {
      field: 'address',
      cause: nextFreeAt
        ? `The next one is free at ${nextFreeAt.toISOString()}, when its cooling ends.`
        : sum.releasing > 0
          ? 'The next one is free when a host has confirmed a release and its cooling has ended.'
          : 'None is on its way to be free.',
      fix: nextFreeAt
        ? `Wait until ${nextFreeAt.toISOString()}, release one, or make another pool: cellblock pool create`
        : 'Release one (cellblock ip release JAIL ADDR) or make another pool: cellblock pool create',
      evidence: {
        pools: names.split(', '),
        ...sum,
        size: String(size),
        nextFreeAt: nextFreeAt?.toISOString() ?? null,
      },
    },
  );
}

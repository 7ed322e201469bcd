import { AppError } from '@cellblock/shared/app-error';
import { JailSettings } from '@cellblock/shared/jail-spec';
import type { Tx } from '../db.ts';

/** Throws when an image is a jail's root, also of one that has not been told to its host yet. */
export async function mustBeUnused(
  tx: Tx,
  host: { id: string; name: string },
  image: { digest: string; name: string },
): Promise<void> {
  const jails = await tx.jail.findMany({
    where: { hostId: host.id, goneAt: null },
    select: { name: true, settings: true },
    orderBy: { name: 'asc' },
  });
  const users = jails.filter(({ settings }) => {
    const { root } = JailSettings.parse(settings);
    return root.kind === 'image' && root.digest === image.digest;
  });
  const [first] = users;
  if (!first) return;
  throw new AppError(
    'conflict',
    `${image.name} is the root of ${users.map(({ name }) => name).join(', ')}.`,
    {
      field: 'image',
      cause: 'What those jails have changed lies above it and means nothing without it.',
      fix: `Destroy them first: cellblock destroy ${first.name} --purge`,
      evidence: { jails: users.map(({ name }) => name) },
    },
  );
}

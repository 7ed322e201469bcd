import { AppError } from '@cellblock/shared/app-error';
import * as z from 'zod';
import { findHost } from '../find-object.ts';
import { recordAct } from '../record-act.ts';
import type { VerbContext } from '../verb-context.ts';

export const RemoveHostInput = z.object({ host: z.string().min(1) });

/** Forgets a host that has no jail any more; its history stays. */
export async function removeHost(
  ctx: VerbContext,
  input: z.output<typeof RemoveHostInput>,
): Promise<{ host: string }> {
  return await recordAct(ctx, 'host.remove', async ({ tx, now }) => {
    const host = await findHost(tx, input.host);
    await tx.$queryRaw`SELECT id::text FROM host WHERE id = ${host.id}::uuid FOR UPDATE`;
    const jails = await tx.jail.findMany({
      where: { hostId: host.id, goneAt: null },
      select: { name: true },
    });
    if (jails.length > 0) {
      const [first] = jails;
      throw new AppError('conflict', `Host ${host.name} has ${jails.length} jails.`, {
        field: 'host',
        cause: `Its jails would go on without anybody who knows of them: ${names(jails)}.`,
        fix: `Destroy them first: cellblock destroy ${first?.name} --purge`,
        evidence: { jails: jails.map(({ name }) => name) },
      });
    }
    const networks = await tx.network.findMany({
      where: { hostId: host.id, removedAt: null },
      select: { name: true },
    });
    if (networks.length > 0) {
      throw new AppError('conflict', `Host ${host.name} carries network ${names(networks)}.`, {
        field: 'host',
        cause: 'Its bridge would stay there without anybody who knows of it.',
        fix: `Remove it first: cellblock network rm ${networks[0]?.name}`,
      });
    }
    await tx.host.update({ where: { id: host.id }, data: { state: 'removed', removedAt: now } });
    return {
      object: { type: 'host', id: host.id, name: host.name },
      host: { id: host.id, name: host.name },
      summary: `removed host ${host.name}`,
      before: { state: host.state },
      after: { state: 'removed' },
      topics: [`host/${host.id}`, `hang-up/${host.id}`],
      result: { host: host.id },
    };
  });
}

function names(rows: { name: string }[]): string {
  const shown = rows.slice(0, 5).map(({ name }) => name);
  return rows.length > shown.length
    ? `${shown.join(', ')} and ${rows.length - shown.length} more`
    : shown.join(', ');
}

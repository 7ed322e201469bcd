import type { Db } from '../db.ts';
import { notifyChanges } from '../fleet-topics.ts';

/**
 * An agent has come to this dashboard: whoever wants to ask its host finds the way, and a dashboard that still
 * holds an older connection of it lets go.
 */
export async function noteConnected(db: Db, hostId: string, dashboardId: string): Promise<void> {
  await db.$transaction(async (tx) => {
    await tx.host.update({ where: { id: hostId }, data: { dashboardId } });
    await notifyChanges(tx, [`connected/${hostId}/${dashboardId}`, `host/${hostId}`]);
  });
}

/** It has gone, and has not come to another dashboard meanwhile. */
export async function noteGone(db: Db, hostId: string, dashboardId: string): Promise<void> {
  await db.host.updateMany({ where: { id: hostId, dashboardId }, data: { dashboardId: null } });
}

import type { Tx } from './db.ts';

/** PostgreSQL's channel for everything that changed; the payload is a JSON array of topics. */
export const CHANGES_CHANNEL = 'cellblock_changes';

/** PostgreSQL refuses longer payloads than 8000 bytes. */
const PAYLOAD_LIMIT = 7_000;

/**
 * Tells all dashboards, when and if the transaction commits: `jail/UUID`, `host/UUID`, `network/UUID`,
 * `pool/UUID`, `address/10.0.0.5`, `task/T-1`, `answers/HOST`, `image/HOST`, `audit`, `dashboards`; `spec/UUID` when a host has something new
 * to be told, `connected/HOST/DASHBOARD` when its agent has come there.
 */
export async function notifyChanges(tx: Tx, topics: Iterable<string>): Promise<void> {
  let batch: string[] = [];
  const send = async () => {
    if (batch.length > 0)
      await tx.$queryRaw`SELECT pg_notify(${CHANGES_CHANNEL}, ${JSON.stringify(batch)})::text`;
    batch = [];
  };
  for (const topic of new Set(topics)) {
    if (JSON.stringify([...batch, topic]).length > PAYLOAD_LIMIT) await send();
    batch.push(topic);
  }
  await send();
}

import { createHash, createPublicKey, verify } from 'node:crypto';
import { canonicalJson } from '@cellblock/shared/canonical-json';
import { Receipt } from '@cellblock/shared/receipt';
import { appendLeaves } from '../audit/append-leaves.ts';
import type { Db } from '../db.ts';
import { notifyChanges } from '../fleet-topics.ts';
import { settleTasks } from '../tasks/settle-tasks.ts';
import { lockHosts } from './record-status.ts';

export interface ReceiptsTaken {
  /** all up to this one are stored: the host may be told so */
  acknowledged: number;
  /** why the next one is not taken; null: all were */
  broken: string | null;
}

/**
 * Stores receipts of a host, in the order of its chain, each only with the host's own signature and the
 * hash of the one before. Those that are stored already are passed over.
 */
export async function recordReceipts(
  db: Db,
  hostId: string,
  receipts: readonly unknown[],
): Promise<ReceiptsTaken> {
  const taken = await db.$transaction(async (tx) => {
    await lockHosts(tx, hostId);
    const host = await tx.host.findUniqueOrThrow({ where: { id: hostId } });
    const key = publicKeyOf(host.publicKey);
    let { receiptSeq: seq, receiptHash: hash } = host;
    let broken: string | null = null;
    const stored: Receipt[] = [];
    for (const text of receipts) {
      const parsed = Receipt.safeParse(text);
      if (!parsed.success) {
        broken = `receipt ${seq + 1} of host ${host.name} cannot be read: ${parsed.error.issues[0]?.message}`;
        break;
      }
      const { body, signature } = parsed.data;
      if (body.seq <= seq) continue;
      const bytes = Buffer.from(canonicalJson(body));
      broken = flawOf(host, { seq, hash }, body, verify(null, bytes, key, Buffer.from(signature, 'base64')));
      if (broken) break;
      seq = body.seq;
      hash = createHash('sha256').update(bytes).digest('hex');
      stored.push(parsed.data);
    }
    if (stored.length === 0) return { acknowledged: seq, broken };
    await tx.receipt.createMany({
      data: stored.map(({ body, signature }) => ({
        hostId,
        seq: body.seq,
        cause: body.cause,
        object: body.object,
        generation: body.generation,
        result: body.result,
        at: new Date(body.at),
        body: body as object,
        signature,
      })),
    });
    await tx.host.update({ where: { id: hostId }, data: { receiptSeq: seq, receiptHash: hash } });
    globalThis.crashHere?.('dashboard stored receipts');
    const topics = [...(await settleTasks(tx, hostId))];
    const causes = stored.flatMap(({ body }) => body.cause ?? []);
    const tasks = await tx.task.findMany({ where: { event: { in: causes } }, select: { id: true } });
    await notifyChanges(tx, [...topics, ...tasks.map(({ id }) => `task/T-${id}`), `host/${hostId}`]);
    return { acknowledged: seq, broken };
  });
  await appendLeaves(db);
  return taken;
}

function flawOf(
  host: { id: string; name: string },
  before: { seq: number; hash: string },
  body: Receipt['body'],
  signed: boolean,
): string | null {
  const what = `receipt ${body.seq} of host ${host.name}`;
  if (body.seq !== before.seq + 1) return `${what} does not follow ${before.seq}: one is missing`;
  if (!signed) return `${what} is not signed with its key`;
  if (body.prev !== before.hash) return `${what} does not name the hash of the one before`;
  if (body.host !== host.id) return `${what} names another host`;
  return null;
}

/** A raw Ed25519 public key in base64, as Node wants it. */
function publicKeyOf(base64: string) {
  const x = Buffer.from(base64, 'base64').toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}

import type { AddressAt, AssignmentRecord } from '@cellblock/shared/views/address-view';
import type { Db } from '../db.ts';
import { recordsOf } from './address-view.ts';

/** Who held an address at a moment, and whether by what was wanted only or by what its host confirmed. */
export async function addressAt(db: Db, address: string, at: Date): Promise<AddressAt> {
  const ids = await db.$queryRaw<{ id: string }[]>`
    SELECT id::text FROM ip_assignment
    WHERE address && ${address}::inet AND held @> ${at}::timestamptz LIMIT 1`;
  const row = ids[0] && (await db.ipAssignment.findUnique({ where: { id: ids[0].id } }));
  const [record] = row ? await recordsOf(db, [row]) : [];
  const base = { address, at: at.toISOString() };
  if (!row || !record) {
    return {
      ...base,
      answer: 'nobody',
      text: `Nobody held ${address} at ${at.toISOString()}.`,
      record: null,
    };
  }
  const answer = answerAt(row, at);
  return { ...base, answer, text: textOf(answer, record, at), record };
}

function answerAt(
  row: { seenFrom: Date | null; wantedUntil: Date | null },
  at: Date,
): Exclude<AddressAt['answer'], 'nobody'> {
  if (row.wantedUntil !== null && row.wantedUntil <= at) return 'being-taken-back';
  return row.seenFrom !== null && row.seenFrom <= at ? 'held' : 'given-not-confirmed';
}

function textOf(answer: AddressAt['answer'], record: AssignmentRecord, at: Date): string {
  const { address, jail, host } = record;
  switch (answer) {
    case 'held':
      return `${jail.name} held ${address}, confirmed by ${host.name} since ${record.seenFrom}.`;
    case 'given-not-confirmed':
      return `${address} was given to ${jail.name} on ${record.wantedFrom}, not confirmed by ${host.name} at that moment.`;
    case 'being-taken-back':
      return `${address} was being taken back from ${jail.name} since ${record.wantedUntil}; ${
        record.forced
          ? `${record.forced.by} closed it without the word of ${host.name} on ${record.seenGone}`
          : record.seenGone
            ? `${host.name} confirmed that it was gone on ${record.seenGone}`
            : `${host.name} has not confirmed that it is gone`
      }.`;
    case 'nobody':
      return `Nobody held ${address} at ${at.toISOString()}.`;
  }
}

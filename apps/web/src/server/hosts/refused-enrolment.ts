import { createHash } from 'node:crypto';
import { fingerprintText } from '@cellblock/shared/agent-handshake';
import { newEventId } from '../audit/event-id.ts';
import { recordEvent } from '../audit/record-event.ts';
import type { Tx } from '../db.ts';
import { notifyChanges } from '../fleet-topics.ts';

/** Records that a line was shown and refused; the event is about the line, which has no host yet. */
export async function recordRefusedEnrolment(
  tx: Tx,
  asking: { name: string; fingerprint: string | null; enrolment: string; sourceAddress: string | null },
  told: { reason: string; message: string; cause: string; fix: string },
): Promise<void> {
  const { message, cause, fix, reason } = told;
  const name = asking.name.slice(0, 63);
  const evidence = { reason, fingerprint: asking.fingerprint };
  await recordEvent(
    tx,
    {
      actor: { type: 'system', name: 'enrolment' },
      session: null,
      sourceAddress: asking.sourceAddress,
      requestId: newEventId(),
    },
    {
      id: newEventId(),
      kind: 'host.enroll',
      phase: 'refusal',
      about: [asking.enrolment],
      object: { type: 'host', id: name, name },
      host: null,
      summary: `an agent that calls itself ${name} was refused: ${message}`,
      refusal: { code: 'denied', message, cause, fix, evidence },
    },
  );
  await notifyChanges(tx, ['audit']);
}

/** Of a raw Ed25519 public key in base64. */
export function fingerprintOfKey(publicKey: string): string {
  return fingerprintText(createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('hex'));
}

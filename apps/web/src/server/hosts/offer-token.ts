import type { EnrolmentAnswer, EnrolmentOffer } from '@cellblock/shared/enrolment-offer';
import { enrolmentRefusal } from '@cellblock/shared/enrolment-refusal';
import { appendLeaves } from '../audit/append-leaves.ts';
import { hashOfSecret } from '../auth/one-time-secret.ts';
import type { WebServices } from '../web-services.ts';
import { fingerprintOfKey, recordRefusedEnrolment } from './refused-enrolment.ts';

/**
 * Whether a line would be taken, before anything is installed by it. It proves nothing and uses nothing up: the
 * agent's own connection decides again, with proof of its key. A refusal is recorded all the same.
 */
export async function offerToken(
  services: WebServices,
  offer: EnrolmentOffer,
  sourceAddress: string | null,
): Promise<EnrolmentAnswer> {
  const { db } = services;
  const { publicKey } = offer;
  const host = publicKey === null ? null : await db.host.findUnique({ where: { publicKey } });
  const known = host === null || host.state === 'removed' ? null : host;
  const enrolment = await db.enrollment.findUnique({ where: { hash: hashOfSecret(offer.token) } });
  const told = enrolmentRefusal(
    enrolment,
    { knownAs: known?.name ?? null, clock: new Date(offer.clock) },
    new Date(),
  );
  if (told === null) {
    services.seenAtInstall.add({
      sourceAddress: sourceAddress ?? 'unknown',
      did: 'showed its line',
      at: new Date(),
    });
    return { type: 'welcome', host: known && { name: known.name, state: known.state } };
  }
  const { reason, message, cause, fix } = told;
  // Whoever holds a line that was ours once is worth a record; anybody can make up a secret.
  if (enrolment !== null) {
    await db.$transaction((tx) =>
      recordRefusedEnrolment(
        tx,
        {
          name: known?.name ?? offer.hostname,
          fingerprint: publicKey === null ? null : fingerprintOfKey(publicKey),
          enrolment: enrolment.id,
          sourceAddress,
        },
        told,
      ),
    );
    await appendLeaves(db);
  }
  return { type: 'refused', reason, refusal: { code: 'denied', message, cause, fix } };
}

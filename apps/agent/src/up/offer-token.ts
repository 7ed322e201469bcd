import { hostname } from 'node:os';
import { AppError } from '@cellblock/shared/app-error';
import type { DataDirectory } from '@cellblock/shared/data-directory';
import { EnrolmentAnswer, type EnrolmentOffer, OFFER_PATH } from '@cellblock/shared/enrolment-offer';
import { askDashboard } from '../supervisor/ask-dashboard.ts';
import { hostPublicKey } from '../supervisor/enrol-local-host.ts';

/**
 * Asks the dashboard whether it takes this line on this host, before anything is changed here. Returns as whom
 * it knows the key of this host already; throws its refusal, with when and by whom the line was used.
 */
export async function offerToken(
  place: DataDirectory,
  line: { dashboard: string; token: string; ca: string | null },
): Promise<{ name: string; state: string } | null> {
  const offer: EnrolmentOffer = {
    token: line.token,
    hostname: hostname(),
    publicKey: hostPublicKey(place)?.toString('base64') ?? null,
    clock: new Date().toISOString(),
  };
  const answer = EnrolmentAnswer.parse(
    await askDashboard(line.dashboard, OFFER_PATH, { trust: { ca: line.ca }, body: offer }),
  );
  if (answer.type === 'welcome') return answer.host;
  const { code, message, ...more } = answer.refusal;
  throw new AppError(code, message, more);
}

import { type AuthorityAnswer, signedAuthority } from '@cellblock/shared/enrolment-offer';
import type { WebServices } from '../web-services.ts';

/** Whose certificates a host must trust here, signed with the key in whose hash every token ends. */
export function authorityAnswer(services: WebServices): AuthorityAnswer {
  const { key } = services.installation;
  return {
    ca: services.authority,
    publicKey: key.publicKey,
    signature: key.sign(signedAuthority(services.authority)),
  };
}

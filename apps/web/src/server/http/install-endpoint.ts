import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { AppError } from '@cellblock/shared/app-error';
import { archivePath } from '@cellblock/shared/enrolment-line';
import { AUTHORITY_PATH, EnrolmentOffer, OFFER_PATH } from '@cellblock/shared/enrolment-offer';
import { authorityAnswer } from '../hosts/authority-answer.ts';
import { offerToken } from '../hosts/offer-token.ts';
import type { WebServices } from '../web-services.ts';
import { answerJson, answerRefusal } from './answer.ts';
import { readBody } from './read-body.ts';
import { sourceAddressOf } from './source-address.ts';

export const INSTALL_PATH = '/install/';

const MAX_STREAMS = 16;
const STALLED_MS = 30_000;
const LARGEST_OFFER = 4096;

let streams = 0;

/**
 * What a machine asks that is no host yet: nobody is signed in here. The archive and the authority are no
 * secrets; of a token only its holder learns anything.
 */
export async function answerInstall(
  services: WebServices,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://dashboard');
  const reads = request.method === 'GET' || request.method === 'HEAD';
  if (pathname === AUTHORITY_PATH && reads) return answerJson(response, 200, authorityAnswer(services));
  if (pathname === OFFER_PATH && request.method === 'POST') {
    const offer = EnrolmentOffer.safeParse(JSON.parse((await readBody(request, LARGEST_OFFER)).toString()));
    if (!offer.success)
      throw new AppError('invalid', 'This is no offer of an enrolment token.', {
        cause: 'The request does not have the form in which an agent sends it.',
        fix: 'Paste the whole line that the dashboard showed: cellblock host enroll makes another.',
      });
    const source = sourceAddressOf(request.socket.remoteAddress);
    return answerJson(response, 200, await offerToken(services, offer.data, source));
  }
  const archive = await services.archive?.facts();
  if (reads && archive && pathname === archivePath(archive.sha256)) {
    return await serveArchive(services, request, response, archive);
  }
  answerRefusal(response, 404, {
    code: 'not-found',
    message: `There is no ${pathname} here.`,
    cause: 'The dashboard was updated since this line was made, or the line is not whole.',
    fix: 'Make another: cellblock host enroll',
  });
}

async function serveArchive(
  services: WebServices,
  request: IncomingMessage,
  response: ServerResponse,
  facts: { sha256: string; bytes: number },
): Promise<void> {
  if (streams >= MAX_STREAMS) {
    response.setHeader('Retry-After', '5');
    return answerRefusal(response, 503, {
      code: 'unreachable',
      message: `${MAX_STREAMS} hosts fetch the agent at this moment.`,
      cause: 'More at once would take the connection from the hosts that run.',
      fix: 'Paste the line again in a minute; it is not used up.',
    });
  }
  response.writeHead(200, {
    'Content-Type': 'application/gzip',
    'Content-Length': facts.bytes,
    'Cache-Control': 'public, max-age=31536000, immutable',
  });
  if (request.method === 'HEAD') return void response.end();
  streams += 1;
  response.setTimeout(STALLED_MS, () => response.destroy());
  try {
    await pipeline(createReadStream(services.archive?.file ?? '', { highWaterMark: 256 * 1024 }), response);
    const sourceAddress = sourceAddressOf(request.socket.remoteAddress) ?? 'unknown';
    services.seenAtInstall.add({ sourceAddress, did: 'fetched the archive', at: new Date() });
  } catch (error) {
    // Whoever asked has gone: that is their affair.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  } finally {
    streams -= 1;
  }
}

import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { downloadName } from '@cellblock/shared/download-name';
import { DOWNLOAD_PATH } from '@cellblock/shared/download-path';
import type { FileTextInput } from '@cellblock/shared/jail-files';
import { refusalOf, statusOf } from '../api/refusal-of.ts';
import { appRouter } from '../api/root.ts';
import type { WebServices } from '../web-services.ts';
import { answerRefusal } from './answer.ts';
import { readBody } from './read-body.ts';
import { contextOf } from './trpc-endpoint.ts';

export { DOWNLOAD_PATH };

/** A path and the name of a jail. */
const LARGEST_QUESTION = 16 * 1024;

/**
 * Hands over a file of a jail as something to be kept and never to be shown: whatever is in it and whatever it is
 * called, no browser takes it for a page. Who may, and that it was done, is decided and recorded as for a look.
 */
export async function answerDownload(
  services: WebServices,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const requestId = randomUUID();
  if (request.method !== 'POST') {
    response.setHeader('Allow', 'POST');
    return answerRefusal(response, 405, {
      code: 'invalid',
      message: `${request.method} hands over no file.`,
      field: 'method',
      cause: 'It is recorded who took which file, so that no link and no prefetch does it.',
      fix: 'Send POST, with {"jail": NAME, "path": PATH}.',
      requestId,
    });
  }
  try {
    const body = await readBody(request, LARGEST_QUESTION);
    const caller = appRouter.createCaller(await contextOf(services, request, response, false, requestId));
    // Its shape is looked at by the procedure, which records also what it refuses.
    const asked = readJson(body) as ReturnType<typeof FileTextInput.parse>;
    const { path, data } = await caller.jails.fileBytes(asked);
    const bytes = Buffer.from(data, 'base64');
    response.statusCode = 200;
    response.setHeader('Content-Type', 'application/octet-stream');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Content-Disposition', disposition(downloadName(path)));
    response.setHeader('Content-Security-Policy', "default-src 'none'; sandbox");
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Content-Length', bytes.length);
    response.end(bytes);
  } catch (error) {
    const refusal = refusalOf(error, requestId);
    if (refusal.code === 'internal') console.error(`${requestId} ${request.method} ${request.url}`, error);
    answerRefusal(response, statusOf(refusal), refusal);
  }
}

function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}

/** RFC 6266: the name in plain ASCII for whoever knows no other, and as it is. */
function disposition(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const whole = encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${whole}`;
}

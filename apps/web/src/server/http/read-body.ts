import type { IncomingMessage } from 'node:http';
import { AppError } from '@cellblock/shared/app-error';

/** The whole body; `invalid` when it is longer than `limit` bytes. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request) {
    length += (part as Buffer).length;
    if (length > limit) {
      throw new AppError('invalid', `The request is longer than ${limit} bytes.`, {
        cause: 'No form and no file of ours needs more.',
        fix: 'Send less at once.',
      });
    }
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts);
}

import type { IncomingMessage } from 'node:http';
import { SOURCE_HEADER } from '../auth/sign-in.ts';
import { sourceAddressOf } from './source-address.ts';

/** Node's headers as the sign-in library reads them, with the peer's address in place of what it claims. */
export function requestHeaders(request: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value === undefined || name.startsWith(':')) continue;
    for (const each of Array.isArray(value) ? value : [value]) headers.append(name, each);
  }
  const source = sourceAddressOf(request.socket.remoteAddress);
  headers.delete(SOURCE_HEADER);
  if (source !== null) headers.set(SOURCE_HEADER, source);
  return headers;
}

import http from 'node:http';
import { resolve } from 'node:path';
import { AppError, Refusal } from '@cellblock/shared/app-error';
import superjson from 'superjson';

/** The dashboard over the socket that root alone reaches: no sign-in, recorded as the supervisor's act. */
function request(socketPath: string, method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const call = http.request(
      {
        socketPath,
        method,
        path,
        timeout: 15_000,
        headers: {
          host: 'localhost',
          'x-cellblock-person': 'cellblock up',
          ...(text === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
        );
      },
    );
    call.on('timeout', () => call.destroy(new Error('the dashboard did not answer within 15 s')));
    call.on('error', reject);
    call.end(text);
  });
}

/** Of the dashboard whose data directory holds run/web/root.sock. */
const logOf = (socketPath: string) => resolve(socketPath, '../../../log/dashboard.log');

type Answer = { status: number; text: string };

/** Whether the dashboard takes requests and reaches its database. */
export async function dashboardAnswers(socketPath: string): Promise<boolean> {
  try {
    return (await request(socketPath, 'GET', '/healthz')).status === 200;
  } catch {
    return false;
  }
}

/** The one-time link for the first administrator; null when there is one already. */
export async function setupLink(socketPath: string): Promise<string | null> {
  const { status, text } = await request(socketPath, 'GET', '/setup-link');
  if (status !== 200)
    throw new AppError('internal', 'The dashboard gave no link to set it up.', {
      cause: `It answered with status ${status}: ${text.slice(0, 200)}`,
      fix: `It is up all the same. Its log says more: tail ${logOf(socketPath)}; then cellblock up prints the link`,
    });
  return (JSON.parse(text) as { link: string | null }).link;
}

/** Asks a procedure of the dashboard's router; its refusal becomes the AppError that it was. */
export async function callDashboard<T>(
  socketPath: string,
  kind: 'query' | 'mutation',
  procedure: string,
  input?: unknown,
): Promise<T> {
  const packed = superjson.serialize(input);
  const path = `/api/trpc/${procedure}`;
  const { status, text } =
    kind === 'query'
      ? await request(socketPath, 'GET', `${path}?input=${encodeURIComponent(JSON.stringify(packed))}`)
      : await request(socketPath, 'POST', path, packed);
  const answer = JSON.parse(text) as {
    result?: { data: never };
    error?: { json?: { message?: string; data?: unknown } };
  };
  if (answer.result) return superjson.deserialize<T>(answer.result.data);
  const refusal = Refusal.safeParse((answer.error?.json?.data as { refusal?: unknown } | undefined)?.refusal);
  if (refusal.success) throw new AppError(refusal.data.code, refusal.data.message, refusal.data);
  throw new AppError('internal', `The dashboard did not do ${procedure}.`, {
    cause: answer.error?.json?.message ?? `It answered with status ${status}.`,
    fix: `Its log says more: tail ${logOf(socketPath)}; then try again`,
  });
}

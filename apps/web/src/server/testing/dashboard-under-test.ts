import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Refusal } from '@cellblock/shared/app-error';
import superjson from 'superjson';
import { type Dashboard, startDashboard } from '../dashboard.ts';
import { readEnv } from '../env.ts';

/** How a test's caller proves who it is; nothing: a stranger. */
export interface Caller {
  root?: boolean;
  cookie?: string;
  token?: string;
  headers?: Record<string, string>;
}

export interface Answer<T = unknown> {
  status: number;
  data: T;
  refusal: Refusal | null;
  cookies: string[];
  headers: http.IncomingHttpHeaders;
  text: string;
}

/** A real dashboard without pages, on the test's own database, with ports and files of its own. */
export class DashboardUnderTest {
  readonly directory = mkdtempSync(path.join(tmpdir(), 'cellblock-web-'));
  #dashboard: Dashboard | null = null;

  /** `beside`: another dashboard of the same installation, whose secrets it is given. */
  async start(more: Record<string, string> = {}, beside?: DashboardUnderTest): Promise<this> {
    if (beside) shareSecrets(beside.directory, this.directory);
    const env = readEnv({
      CELLBLOCK_DATA: this.directory,
      CELLBLOCK_PORT: '0',
      CELLBLOCK_URL: 'http://localhost',
      CELLBLOCK_API_ONLY: '1',
      DATABASE_URL: process.env.DATABASE_URL,
      ...more,
    });
    this.#dashboard = await startDashboard(env);
    return this;
  }

  get running(): Dashboard {
    if (this.#dashboard === null) throw new Error('the dashboard under test was not started');
    return this.#dashboard;
  }

  get rootSocket(): string {
    return this.running.services.env.rootSocket;
  }

  async stop(): Promise<void> {
    await this.#dashboard?.stop();
    this.#dashboard = null;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** A claimed installation, and its first administrator's session cookie. */
  async claim(name = 'mira'): Promise<Caller & { cookie: string }> {
    const { link } = JSON.parse((await this.request('GET', '/setup-link', { root: true })).text) as {
      link: string;
    };
    const token = new URL(link).searchParams.get('token');
    const answer = await this.mutate('setup.claim', { token, name, password: PASSWORD });
    if (answer.status !== 200) throw new Error(answer.text);
    return { cookie: cookieOf(answer) };
  }

  query<T>(procedure: string, input?: unknown, caller: Caller = {}): Promise<Answer<T>> {
    const packed = encodeURIComponent(JSON.stringify(superjson.serialize(input)));
    return this.request<T>('GET', `/api/trpc/${procedure}?input=${packed}`, caller);
  }

  mutate<T>(procedure: string, input?: unknown, caller: Caller = {}): Promise<Answer<T>> {
    return this.request<T>('POST', `/api/trpc/${procedure}`, caller, superjson.serialize(input));
  }

  /** As a browser on one of our own pages sends it, unless the caller's headers say otherwise. */
  request<T>(method: string, url: string, caller: Caller = {}, body?: unknown): Promise<Answer<T>> {
    const host = `localhost:${this.running.port}`;
    const given = body === undefined ? undefined : JSON.stringify(body);
    const headers: Record<string, string> = {
      host,
      ...(method === 'GET' ? {} : { origin: `http://${host}`, 'sec-fetch-site': 'same-origin' }),
      ...(given === undefined ? {} : { 'content-type': 'application/json' }),
      ...(caller.cookie === undefined ? {} : { cookie: caller.cookie }),
      ...(caller.token === undefined ? {} : { authorization: `Bearer ${caller.token}` }),
      ...caller.headers,
    };
    for (const [name, value] of Object.entries(headers)) if (value === '') delete headers[name];
    const where = caller.root
      ? { socketPath: this.rootSocket }
      : { host: '127.0.0.1', port: this.running.port };
    return new Promise((resolve, reject) => {
      const request = http.request({ ...where, method, path: url, headers, agent: false }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => resolve(read<T>(response, Buffer.concat(parts).toString('utf8'))));
      });
      request.on('error', reject);
      request.end(given);
    });
  }
}

function shareSecrets(from: string, to: string): void {
  mkdirSync(path.join(to, 'web'), { recursive: true, mode: 0o700 });
  for (const name of ['installation.key', 'session.secret', 'ca.key', 'ca.pem']) {
    copyFileSync(path.join(from, 'web', name), path.join(to, 'web', name));
  }
}

export const PASSWORD = 'a long enough password';

export function cookieOf(answer: Answer): string {
  return answer.cookies.map((cookie) => cookie.split(';')[0]).join('; ');
}

function read<T>(response: http.IncomingMessage, text: string): Answer<T> {
  let body: {
    result?: { data: never };
    error?: { json?: { data?: { refusal?: unknown } } };
    refusal?: unknown;
  } = {};
  try {
    body = JSON.parse(text);
  } catch {
    // no JSON: pages and streams
  }
  const refusal = Refusal.safeParse(body.error?.json?.data?.refusal ?? body.refusal);
  return {
    status: response.statusCode ?? 0,
    data: (body.result ? superjson.deserialize(body.result.data) : undefined) as T,
    refusal: refusal.success ? refusal.data : null,
    cookies: response.headers['set-cookie'] ?? [],
    headers: response.headers,
    text,
  };
}

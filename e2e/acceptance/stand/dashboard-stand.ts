import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from '@playwright/test';
import { connectionUrl, withClient } from '../../../apps/agent/src/supervisor/postgres-cluster.ts';
import { AgentUnderTest, type Behaviour } from '../../../apps/web/src/server/testing/agent-under-test.ts';
import { type ApiUnderTest, apiUnderTest } from '../../../apps/web/src/server/testing/api-under-test.ts';
import { startTestCluster, TEMPLATE } from '../../../scripts/test-database/cluster.ts';
import { type Ended, runProgram } from '../../stand/run-program.ts';
import { standPrefix } from '../../stand/stand-name.ts';
import {
  askRootSocket,
  type DashboardProcess,
  installedBuild,
  startDashboardProcess,
} from './dashboard-process.ts';

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
export const PASSWORD = 'correct horse battery staple';

export interface View {
  theme?: 'light' | 'dark';
  width?: number;
  height?: number;
  /** another way to the dashboard than its own port */
  url?: string;
  /** nobody, or another person's cookie; mira, the administrator, if it is left out */
  cookie?: string | null;
  timeZone?: string;
  touch?: boolean;
  /** pixels of the screen for one of the page */
  scale?: number;
}

/**
 * The installed dashboard on a PostgreSQL of its own, its API, and as many agents as a test wants: no jail, no
 * kernel object, no privilege. The administrator is mira.
 */
export class DashboardStand {
  readonly #directory = mkdtempSync(path.join(tmpdir(), standPrefix));
  readonly #agents: AgentUnderTest[] = [];
  #cluster: Awaited<ReturnType<typeof startTestCluster>> | null = null;
  #process: DashboardProcess | null = null;
  #browser: Browser | null = null;
  #database = '';
  #build = '';
  cookie = '';
  port = 0;

  get url(): string {
    return `http://localhost:${this.port}`;
  }

  api: ApiUnderTest = apiUnderTest('http://localhost', () => '');

  async start(): Promise<this> {
    const build = await installedBuild();
    this.#build = build;
    this.#cluster = await startTestCluster();
    const { socketDirectory } = this.#cluster;
    this.#database = `test_${randomBytes(6).toString('hex')}`;
    await withClient(connectionUrl(socketDirectory, 'postgres', 'postgres'), (client) =>
      client.query(
        `CREATE DATABASE ${this.#database} TEMPLATE ${TEMPLATE} OWNER cellblock STRATEGY file_copy`,
      ),
    );
    this.port = await freePort();
    this.#process = await startDashboardProcess(build, {
      CELLBLOCK_DATA: this.#directory,
      CELLBLOCK_PORT: String(this.port),
      CELLBLOCK_URL: this.url,
      DATABASE_URL: connectionUrl(socketDirectory, 'cellblock_app', this.#database),
    });
    await this.#claim();
    this.api = apiUnderTest(this.url, () => this.cookie);
    this.#browser = await chromium.launch({ executablePath: CHROMIUM });
    return this;
  }

  async #claim(): Promise<void> {
    const { link } = JSON.parse(
      await askRootSocket(path.join(this.#directory, 'run/web/root.sock'), '/setup-link'),
    ) as { link: string };
    const answer = await this.post('setup.claim', {
      token: new URL(link).searchParams.get('token'),
      name: 'mira',
      password: PASSWORD,
    });
    this.cookie = cookiesOf(answer);
  }

  /** One call of the API by hand, for what the answer's headers say. */
  async post(procedure: string, input: unknown, cookie = ''): Promise<Response> {
    const answer = await fetch(`${this.url}/api/trpc/${procedure}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: this.url, ...(cookie && { cookie }) },
      body: JSON.stringify({ json: input }),
    });
    if (!answer.ok) throw new Error(`${procedure}: ${await answer.text()}`);
    return answer;
  }

  /** A person with a role, signed in: the cookie. */
  async person(name: string, role: 'viewer' | 'operator' | 'auditor' | 'admin'): Promise<string> {
    const { link } = await this.api.users.invite.mutate({ name, role });
    return cookiesOf(
      await this.post('invites.accept', {
        token: new URL(link).searchParams.get('token'),
        password: PASSWORD,
      }),
    );
  }

  /** A host that has been approved, and its agent, which beats every 5 s unless it is told otherwise. */
  async host(name: string, behaviour: Behaviour = 'obeys', port = this.port): Promise<AgentUnderTest> {
    const { token } = await this.api.hosts.enroll.mutate({ name });
    const agent = new AgentUnderTest();
    agent.behaviour = behaviour;
    agent.hostname = name;
    this.#agents.push(agent);
    const waiting = agent.connect(port, { token, waitForApproval: true });
    await until(async () => (await this.api.hosts.list.query()).some((host) => host.name === name));
    await this.api.hosts.approve.mutate({ host: name });
    await waiting;
    agent.beat();
    await until(async () => (await this.api.hosts.get.query({ host: name })).state === 'ready');
    return agent;
  }

  /** A host that waits for its approval. */
  async waitingHost(name: string): Promise<AgentUnderTest> {
    const { token } = await this.api.hosts.enroll.mutate({ name });
    const agent = new AgentUnderTest();
    agent.hostname = name;
    agent.behaviour = 'obeys';
    this.#agents.push(agent);
    void agent.connect(this.port, { token, waitForApproval: true }).then(() => agent.beat());
    await until(async () => (await this.api.hosts.list.query()).some((host) => host.name === name));
    return agent;
  }

  /** The command-line client of the build, as root of this machine would run it. */
  async cellblock(line: string): Promise<Ended> {
    const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
    return await runProgram(
      [path.join(this.#build, 'bin/node'), path.join(this.#build, 'cli.mjs'), ...words.slice(1)],
      { env: { CELLBLOCK_DATA: this.#directory, NO_COLOR: '1' } },
    );
  }

  /** As the owner of the database: what a test needs behind the application's back. */
  async sql(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
    const socket = this.#cluster?.socketDirectory ?? '';
    return await withClient(connectionUrl(socket, 'cellblock', this.#database), async (client) => {
      const { rows } = await client.query(text, values);
      return rows as Record<string, unknown>[];
    });
  }

  async context(view: View = {}): Promise<BrowserContext> {
    if (!this.#browser) throw new Error('the stand was not started');
    const url = view.url ?? this.url;
    const context = await this.#browser.newContext({
      baseURL: url,
      viewport: { width: view.width ?? 1440, height: view.height ?? 760 },
      colorScheme: view.theme ?? 'light',
      ...(view.scale ? { deviceScaleFactor: view.scale } : {}),
      ...(view.timeZone ? { timezoneId: view.timeZone } : {}),
      ...(view.touch ? { hasTouch: true, isMobile: true } : {}),
    });
    const cookie = view.cookie === undefined ? this.cookie : view.cookie;
    if (cookie) {
      const [name = '', value = ''] = cookie.split(/=(.*)/s);
      await context.addCookies([
        { name, value, domain: 'localhost', path: '/', secure: true, httpOnly: true, sameSite: 'Lax' },
      ]);
    }
    return context;
  }

  async page(view: View = {}): Promise<Page> {
    return await (await this.context(view)).newPage();
  }

  async close(): Promise<void> {
    await this.#browser?.close();
    for (const agent of this.#agents) await agent.hangUp();
    await this.#process?.stop();
    await this.#cluster?.stop();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

export const makeDashboardStand = () => new DashboardStand().start();

/** Asks until it is so; a minute at most. */
export async function until(so: () => Promise<boolean>, ms = 60_000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await so())) {
    if (Date.now() > end) throw new Error('it did not come about in time');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function cookiesOf(answer: Response): string {
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0] ?? '')
    .filter((cookie) => !cookie.endsWith('='))
    .join('; ');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

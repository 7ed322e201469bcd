import { once } from 'node:events';
import net from 'node:net';
import { newExchangeKey } from '@cellblock/shared/frame-seal';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { AgentUnderTest } from '../testing/agent-under-test.ts';
import { type Caller, DashboardUnderTest } from '../testing/dashboard-under-test.ts';

const dashboard = new DashboardUnderTest();
const agents: AgentUnderTest[] = [];
let admin: Caller;

beforeAll(async () => {
  await dashboard.start();
  admin = await dashboard.claim();
});
beforeEach(async () => {
  for (const agent of agents.splice(0)) await agent.hangUp();
});
afterAll(async () => {
  for (const agent of agents) await agent.hangUp();
  await dashboard.remove();
});

function newAgent(): AgentUnderTest {
  const agent = new AgentUnderTest();
  agents.push(agent);
  return agent;
}
const port = () => dashboard.running.port;
const enrol = async (input: object = {}, caller: Caller = admin) =>
  (await dashboard.mutate<{ token: string; line: string }>('hosts.enroll', input, caller)).data;
const hostRow = (agent: AgentUnderTest) =>
  dashboard.running.services.db.host.findUniqueOrThrow({ where: { publicKey: agent.publicKey } });

describe('enrolment', () => {
  it('waits with its fingerprint until somebody approves it by that', async () => {
    const agent = newAgent();
    const { token, line } = await enrol({ name: 'h1' });
    expect(line).toBe(`./cellblock agent run --dashboard http://localhost --token ${token}`);
    const coming = agent.connect(port(), { token, waitForApproval: true });
    await expect
      .poll(async () => (await dashboard.query<{ state: string }[]>('hosts.list', undefined, admin)).data)
      .toMatchObject([{ name: 'h1', state: 'waiting' }]);
    const wrong = await dashboard.mutate('hosts.approve', { host: 'h1', fingerprint: 'SHA256:0000' }, admin);
    expect(wrong.refusal).toMatchObject({ code: 'conflict', field: 'fingerprint' });
    const { fingerprint } = await hostRow(agent);
    expect((await dashboard.mutate('hosts.approve', { host: 'h1', fingerprint }, admin)).status).toBe(200);
    expect(await coming).toMatchObject({ type: 'ready', name: 'h1' });
  });

  it('takes a line once, and says when and by whom it was used', async () => {
    const { token } = await enrol({ name: 'h2' });
    expect(await newAgent().connect(port(), { token })).toMatchObject({ type: 'waiting' });
    const second = await newAgent().connect(port(), { token });
    expect(second).toMatchObject({ type: 'refused', reason: 'token-used' });
    expect(second.message).toMatch(/^This enrolment line was used at 20\d\d-.* by host h2\.$/);
    const { db } = dashboard.running.services;
    expect(
      await db.auditEvent.count({ where: { phase: 'refusal', kind: 'host.enroll', objectId: 'h3.example' } }),
    ).toBe(1);
  });

  it('gives one of two who come with the same line at once a place', async () => {
    const { token } = await enrol({ name: 'h-race' });
    const verdicts = await Promise.all(
      [newAgent(), newAgent()].map((agent) => agent.connect(port(), { token })),
    );
    expect(verdicts.map(({ type }) => type).sort()).toEqual(['refused', 'waiting']);
  });

  it('refuses a line after 15 minutes', async () => {
    const { token } = await enrol({ name: 'h-late' });
    const { db } = dashboard.running.services;
    await db.enrollment.updateMany({
      where: { name: 'h-late' },
      data: { expiresAt: new Date(Date.now() - 1) },
    });
    expect(await newAgent().connect(port(), { token })).toMatchObject({
      type: 'refused',
      reason: 'token-expired',
    });
  });

  it('refuses a secret that is not ours, and a stranger without one', async () => {
    expect(await newAgent().connect(port(), { token: 'x' })).toMatchObject({ reason: 'token-unknown' });
    expect(await newAgent().connect(port())).toMatchObject({ reason: 'unknown-host' });
  });

  it('keeps no secret of a line in the database', async () => {
    const { token } = await enrol({ name: 'h-secret' });
    const { db } = dashboard.running.services;
    expect(JSON.stringify([await db.enrollment.findMany(), await db.auditDetail.findMany()])).not.toContain(
      token.split('.')[0],
    );
  });

  it('needs no approval for this machine when root makes the line, and nobody else can say so', async () => {
    const denied = await dashboard.mutate('hosts.enroll', { local: true }, admin);
    expect(denied.refusal).toMatchObject({ code: 'denied', field: 'local' });
    const { token } = await enrol({ name: 'here', local: true }, { root: true });
    expect(await newAgent().connect(port(), { token })).toMatchObject({ type: 'ready', name: 'here' });
  });
});

describe('a host that is known', () => {
  async function enrolled(name: string): Promise<AgentUnderTest> {
    const agent = newAgent();
    const { token } = await enrol({ name, local: true }, { root: true });
    expect(await agent.connect(port(), { token })).toMatchObject({ type: 'ready' });
    return agent;
  }

  it('comes again without a token, with a higher number', async () => {
    const agent = await enrolled('k1');
    await agent.hangUp();
    expect(await agent.connect(port())).toMatchObject({ type: 'ready', name: 'k1' });
    expect(await agent.connect(port(), { counter: 9 })).toMatchObject({ type: 'ready' });
  });

  it('cannot be played by somebody who knows its public key only; the host is not harmed by the try', async () => {
    const agent = await enrolled('k2');
    const thief = newAgent();
    expect(await agent.connect(port(), { signWith: thief, counter: 1 })).toMatchObject({
      reason: 'bad-proof',
    });
    expect((await hostRow(agent)).state).toBe('ready');
    expect(await agent.connect(port(), { counter: 2 })).toMatchObject({ type: 'ready' });
  });

  it('is locked when its key comes with a number that was used, and stays so until an administrator decides', async () => {
    const agent = await enrolled('k3');
    const first = agent.socket;
    expect(await agent.connect(port(), { counter: 1 })).toMatchObject({ type: 'refused', reason: 'locked' });
    expect(await agent.connect(port(), { counter: 2 })).toMatchObject({ type: 'refused', reason: 'locked' });
    const { data } = await dashboard.query<{ state: string }>('hosts.get', { host: 'k3' }, admin);
    expect(data.state).toBe('locked');
    const { db } = dashboard.running.services;
    const { id: objectId } = await hostRow(agent);
    expect(await db.auditEvent.count({ where: { phase: 'refusal', objectId } })).toBe(1);
    await expect.poll(() => first?.readyState).toBe(3);
    await dashboard.mutate('hosts.approve', { host: 'k3' }, admin);
    expect(await agent.connect(port(), { counter: 3 })).toMatchObject({ type: 'ready' });
  });

  it('is refused, and its connection ends, when it is removed', async () => {
    const agent = await enrolled('k4');
    const closed = new Promise((resolve) => agent.socket?.once('close', resolve));
    expect((await dashboard.mutate('hosts.remove', { host: 'k4' }, admin)).status).toBe(200);
    await closed;
    expect(await agent.connect(port())).toMatchObject({ reason: 'unknown-host' });
  });

  it('is let in whatever strangers send', async () => {
    const upgrade = (path: string) =>
      new Promise<void>((resolve) => {
        const socket = net.connect(port(), '127.0.0.1');
        socket.on('error', () => {}).on('close', () => resolve());
        socket.on('data', () => socket.end());
        socket.write(
          `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
        );
      });
    await upgrade('//');
    // More than may wait for their hands to be shaken at once; none of them is a WebSocket.
    for (let n = 0; n < 250; n++) await upgrade('/agent');
    const agent = newAgent();
    const { token } = await enrol({ name: 'after-strangers', local: true }, { root: true });
    expect(await agent.connect(port(), { token })).toMatchObject({ type: 'ready' });
  });

  it('has a browser’s page hung up on', async () => {
    const { WebSocket } = await import('ws');
    const page = new WebSocket(`ws://127.0.0.1:${port()}/agent`, { origin: 'http://localhost' });
    await expect(new Promise((_, reject) => page.on('error', reject))).rejects.toThrow();
  });
});

describe('what stands between agent and dashboard', () => {
  /** Passes WebSocket frames on, as a dialer or a proxy that ends TLS does; `meddle` may do more. */
  async function relay(meddle: (text: string, number: number, pass: (text: string) => void) => void) {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    server.on('connection', (near) => {
      const far = new WebSocket(`ws://127.0.0.1:${port()}/agent`);
      const open = once(far, 'open');
      let number = 0;
      near.on('message', async (data) => {
        await open;
        far.send(data.toString());
      });
      far.on('message', (data) => meddle(data.toString(), number++, (text) => near.send(text)));
      near.on('close', () => far.terminate());
      far.on('close', () => near.terminate());
    });
    return { port: (server.address() as net.AddressInfo).port, close: () => server.close() };
  }

  it('passes all of it on, and the host is told what it shall be (control)', async () => {
    const between = await relay((text, _, pass) => pass(text));
    const agent = newAgent();
    const { token } = await enrol({ local: true }, { root: true });
    expect(await agent.connect(between.port, { token })).toMatchObject({ type: 'ready' });
    await expect.poll(() => agent.generation).not.toBeNull();
    expect(agent.reasons).toEqual([]);
    between.close();
  });

  it.each<[string, (text: string, number: number, pass: (text: string) => void) => void]>([
    ['changes a question', (text, n, pass) => pass(n < 2 ? text : text.replace('"id"', '"ID"'))],
    [
      'puts a question in',
      (text, n, pass) => {
        pass(text);
        if (n === 1) pass('{"id":99,"method":"query","params":{"path":"status.get"}}');
      },
    ],
    [
      'repeats a question',
      (text, n, pass) => {
        pass(text);
        if (n === 2) pass(text);
      },
    ],
  ])('that %s is noticed: the agent hangs up and says why', async (_, meddle) => {
    const between = await relay(meddle);
    const agent = newAgent();
    const { token } = await enrol({ local: true }, { root: true });
    expect(await agent.connect(between.port, { token })).toMatchObject({ type: 'ready' });
    await expect.poll(() => agent.socket?.readyState).toBe(3);
    expect(agent.reasons).toEqual([expect.stringContaining('is not the one that was sent')]);
    between.close();
  });

  it('that puts its own key into the handshake is noticed before anything is said', async () => {
    const between = await relay((text, n, pass) => {
      const frame = n === 0 ? JSON.parse(text) : null;
      pass(frame === null ? text : JSON.stringify({ ...frame, exchange: newExchangeKey().publicKey }));
    });
    const agent = newAgent();
    const { token } = await enrol({ local: true }, { root: true });
    // Agent and dashboard have signed different things: the dashboard does not take the agent's proof.
    await agent.connect(between.port, { token }).catch(() => undefined);
    await expect.poll(() => agent.socket?.readyState).toBe(3);
    const { db } = dashboard.running.services;
    expect(await db.host.findUnique({ where: { publicKey: agent.publicKey } })).toBeNull();
    between.close();
  });
});

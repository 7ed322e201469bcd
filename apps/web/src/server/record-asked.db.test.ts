import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { cancelAnswers } from './answers/cancel-answers.ts';
import type { AgentConnections } from './host-sync/agent-connections.ts';
import { setAgentConnections } from './hosts/agent-client.ts';
import { verifyImage } from './images/verify-image.ts';
import { createJail } from './jails/create-jail.ts';
import { listJailFiles, readJailFile, readWholeFile } from './jails/jail-files.ts';
import { jailLogs } from './jails/jail-logs.ts';
import { signalProcess } from './jails/jail-processes.ts';
import { proveJail } from './jails/view-jail.ts';
import { as, TestHost, testDb } from './test-fleet.ts';

const db = testDb();
const mira = as(db);
const digest = `sha256:${'ab'.repeat(32)}`;

let refuses = false;
/** What stood in the history while the host was asked. */
let meanwhile: string[] = [];

/** What this test's requests left in the history, in order: `jail.files intent`, `jail.files applied`. */
async function history(): Promise<string[]> {
  const rows = await db.auditEvent.findMany({ where: { requestId: mira.requestId }, orderBy: { id: 'asc' } });
  return rows.map(({ kind, phase, outcome }) => `${kind} ${outcome ?? phase}`);
}

const answering = (answer: unknown) => async () => {
  meanwhile = await history();
  if (refuses) throw new Error('the host does not');
  return answer;
};
const image = {
  ...{
    digest,
    name: 'debian:12',
    source: 'a test',
    created: '2026-11-01T00:00:00.000Z',
    size: 1,
    entries: 1,
  },
  ...{ architecture: 'amd64', by: 'mira', cause: null, usedBy: [] },
  suggested: { command: null, environment: [], user: null },
};
interface ConsoleObserver {
  onData: (piece: unknown) => void;
  onComplete: () => void;
  onError: (error: unknown) => void;
}
/** Its jail writes nothing. */
let quiet = false;
/** Done in the moment in which the host has told something. */
let whenTold = () => {};
async function read(signal?: AbortSignal): Promise<string> {
  let text = '';
  for await (const piece of jailLogs(mira, { jail: 'web1', follow: true }, signal)) text += piece.text;
  return text;
}
const agent = {
  jail: {
    files: { mutate: answering({ path: '/', entries: [], more: false }) },
    fileText: { mutate: answering({ path: '/etc/hosts', text: '', bytes: 0, more: false }) },
    fileBytes: { mutate: answering({ path: '/etc/hosts', data: '' }) },
    view: { query: answering({ proof: { at: new Date().toISOString(), pid: 1, holds: true, rows: [] } }) },
    signal: { mutate: answering(undefined) },
    console: {
      subscribe: (_: unknown, observer: ConsoleObserver) => {
        const told = { offset: 0, data: Buffer.from('hello').toString('base64'), dropped: 0 };
        const tell = (piece: unknown) => {
          observer.onData(piece);
          whenTold();
          observer.onComplete();
        };
        if (quiet) observer.onData({ ...told, data: '' });
        else void answering(told)().then(tell, observer.onError);
        return { unsubscribe: () => undefined };
      },
    },
  },
  image: {
    list: { query: async () => [image] },
    verify: { mutate: answering({ whole: true, found: digest }) },
  },
  answers: { cancel: { mutate: answering(undefined) } },
};

beforeAll(async () => {
  const h1 = await TestHost.enroll(db, 'h1');
  await h1.report();
  await createJail(as(db), { name: 'web1', network: null, start: false });
  setAgentConnections(db, {
    connections: { of: () => ({ agent }) } as unknown as AgentConnections,
    relays: null,
  });
});
beforeEach(() => {
  mira.requestId = crypto.randomUUID();
  refuses = false;
  meanwhile = [];
});
afterAll(() => db.$disconnect());

test.each<[string, () => Promise<unknown>]>([
  ['jail.files', () => listJailFiles(mira, { jail: 'web1', path: '/' })],
  ['jail.files', () => readJailFile(mira, { jail: 'web1', path: '/etc/hosts' })],
  ['jail.files', () => readWholeFile(mira, { jail: 'web1', path: '/etc/hosts' })],
  ['jail.prove', () => proveJail(mira, { jail: 'web1' })],
  ['jail.signal', () => signalProcess(mira, { jail: 'web1', pid: 2, startTime: 7, signal: 'TERM' })],
  ['jail.logs', () => read()],
  ['image.verify', () => verifyImage(mira, { image: 'debian:12' })],
  ['answers.cancel', () => cancelAnswers(mira, { host: 'h1' })],
])('%s is in the history before the host is asked, and as what it came to after', async (kind, act) => {
  await act();
  expect(meanwhile).toEqual([`${kind} intent`]);
  expect(await history()).toEqual([`${kind} intent`, `${kind} applied`]);
  mira.requestId = crypto.randomUUID();
  refuses = true;
  await expect(act()).rejects.toThrow('the host does not');
  expect(await history()).toEqual([`${kind} intent`, `${kind} failed`]);
});

test('who leaves before a console has said anything has read nothing of it', async () => {
  quiet = true;
  const reader = new AbortController();
  const reading = read(reader.signal);
  await vi.waitUntil(async () => (await history()).length > 0, { timeout: 10_000 });
  expect(await history()).toEqual(['jail.logs intent']);
  reader.abort();
  expect(await reading).toBe('');
  expect(await history()).toEqual(['jail.logs intent', 'jail.logs canceled']);
  quiet = false;
  mira.requestId = crypto.randomUUID();
  // Control: there is something to read.
  expect(await read()).toBe('hello');
  expect(await history()).toEqual(['jail.logs intent', 'jail.logs applied']);
});

test('who has left before the host is asked waits for nothing, and is told nothing', async () => {
  quiet = true;
  expect(await read(AbortSignal.abort())).toBe('');
  expect(await history()).toEqual(['jail.logs intent', 'jail.logs canceled']);
  quiet = false;
});

test('who leaves as the first line comes has not read it, and who leaves after it has', async () => {
  const reader = new AbortController();
  whenTold = () => reader.abort();
  await read(reader.signal);
  expect(await history()).toEqual(['jail.logs intent', 'jail.logs canceled']);
  whenTold = () => {};
  mira.requestId = crypto.randomUUID();
  const follower = new AbortController();
  for await (const piece of jailLogs(mira, { jail: 'web1', follow: true }, follower.signal)) {
    expect(piece.text).toBe('hello');
    follower.abort();
  }
  expect(await history()).toEqual(['jail.logs intent', 'jail.logs applied']);
});

import { createHash } from 'node:crypto';
import { canonicalJson } from '@cellblock/shared/canonical-json';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addressAt } from '../ip-assignments/address-at.ts';
import { assignIp } from '../ip-assignments/assign-ip.ts';
import { releaseIp } from '../ip-assignments/release-ip.ts';
import { createJail } from '../jails/create-jail.ts';
import { createNetwork } from '../networks/create-network.ts';
import { searchAll } from '../search/search-all.ts';
import { as, made, refusal, TestHost, testDb } from '../test-fleet.ts';
import { eventHistogram } from './event-histogram.ts';
import { csvCell, exportEvents } from './export-events.ts';
import { recordRefusal } from './record-refusal.ts';
import { searchEvents } from './search-events.ts';
import { showEvent } from './show-event.ts';

const db = testDb();
const mira = as(db);
const viewer = as(db, 'vera', 'viewer');
const operator = as(db, 'otto', 'operator');
let h1: TestHost;
let wanted: Date;
let confirmed: Date;
let released: Date;
let gone: Date;
const pause = () => new Promise((resolve) => setTimeout(resolve, 15));
const moment = async () => {
  await pause();
  const at = new Date();
  await pause();
  return at;
};

beforeAll(async () => {
  h1 = await TestHost.enroll(db, 'h1');
  await h1.report();
  await createNetwork(mira, { name: 'lan', subnets: ['10.20.0.0/24'] });
  const settings = { command: ['/bin/serve', '--password=hunter2'], environment: { TOKEN: 'hunter3' } };
  await createJail(mira, { name: 'web1', settings });
  await h1.report();
  await assignIp(operator, { jail: 'web1', address: '10.20.0.93' });
  wanted = await moment();
  await h1.report();
  confirmed = await moment();
  await releaseIp(mira, { jail: 'web1', address: '10.20.0.93', reason: 'no longer used' });
  released = await moment();
  await h1.report();
  gone = await moment();
});
afterAll(() => db.$disconnect());

describe('who held an address at a moment', () => {
  test.each([
    ['given-not-confirmed', () => wanted],
    ['held', () => confirmed],
    ['being-taken-back', () => released],
    ['nobody', () => gone],
    ['nobody', () => new Date(0)],
  ] as const)('%s', async (answer, at) => {
    const said = await addressAt(db, '10.20.0.93', at());
    expect(said.answer).toBe(answer);
    expect(said.record?.jail.name).toBe(answer === 'nobody' ? undefined : 'web1');
    expect(said.text).toContain('10.20.0.93');
  });
});

describe('the record', () => {
  test('every intent has its outcome, and numbers are dense', async () => {
    const { events } = await searchEvents(mira, { limit: 1000 });
    const seqs = events.map(({ seq }) => seq ?? 0).sort((a, b) => a - b);
    expect(seqs).toEqual(seqs.map((_, index) => index + 1));
    const assigned = events.find(({ kind, phase }) => kind === 'ip.assign' && phase === 'intent');
    expect(assigned).toMatchObject({
      summary: 'otto assigned 10.20.0.93 to web1',
      actor: { type: 'user', name: 'otto' },
      object: { type: 'address', name: '10.20.0.93' },
      host: { name: 'h1' },
      before: null,
      after: { address: '10.20.0.93', jail: 'web1', interface: 'eth0', network: 'lan' },
      latestOutcome: 'applied',
      sourceAddress: '192.0.2.7',
      credential: 'password+totp',
    });
  });

  test('a leaf holds digests of the details and none of their text', async () => {
    const rows = await db.auditEvent.findMany({ include: { details: true, numbered: true } });
    for (const row of rows) {
      const { sd } = JSON.parse(row.leaf) as { sd: string[] };
      const digests = row.details.map(({ field, salt, value }) =>
        createHash('sha256')
          .update(canonicalJson([Buffer.from(salt).toString('base64'), field, value]))
          .digest('base64'),
      );
      expect(digests.sort()).toEqual(sd);
      for (const text of ['web1', 'hunter2', 'no longer used', '192.0.2.7'])
        expect(row.leaf).not.toContain(text);
      expect(Buffer.from(row.numbered?.leaf ?? []).toString()).toBe(row.leaf);
    }
  });

  test('values of environment variables are not in it', async () => {
    const details = JSON.stringify(await db.auditDetail.findMany());
    expect(details).toContain('TOKEN');
    expect(details).not.toContain('hunter3');
  });

  test('a refusal is recorded in a transaction of its own', async () => {
    const error = await refusal(assignIp(operator, { jail: 'web1', address: '10.20.0.1' }));
    await recordRefusal(
      operator,
      'ip.assign',
      { type: 'address', id: '10.20.0.1', name: '10.20.0.1' },
      error,
    );
    const { events } = await searchEvents(mira, { q: 'phase:refusal' });
    expect(events).toMatchObject([
      { kind: 'ip.assign', after: { refusal: { evidence: { kind: 'gateway' } } } },
    ]);
    expect(events[0]?.seq).toBeGreaterThan(0);
  });
});

describe('search', () => {
  test.each([
    ['actor:otto action:ip.* phase:intent', ['ip.assign']],
    ['ip:10.20.0.0/24 action:ip.release', ['ip.release', 'ip.release']],
    ['jail:web1 phase:intent -action:jail.*', ['ip.release', 'ip.assign']],
    ['outcome:refused', ['ip.assign']],
    ['at<2020-01-01', []],
  ])('%s', async (q, kinds) => {
    const { events } = await searchEvents(mira, { q });
    expect(events.map(({ kind }) => kind)).toEqual(kinds);
  });

  test('pages follow each other without gap or repetition', async () => {
    const all = (await searchEvents(mira, { limit: 1000 })).events.map(({ id }) => id);
    const paged: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof searchEvents>> = await searchEvents(mira, { limit: 3, cursor });
      paged.push(...page.events.map(({ id }) => id));
      cursor = page.next;
    } while (cursor);
    expect(paged).toEqual(all);
  });

  test('of one object: also what touched it', async () => {
    const jail = await db.jail.findFirstOrThrow({ where: { name: 'web1' } });
    const { events } = await searchEvents(mira, { object: jail.id });
    const intents = events.filter(({ phase }) => phase === 'intent').map(({ kind }) => kind);
    expect(intents).toEqual(['ip.release', 'ip.assign', 'jail.create']);
  });

  test('a wrong field is refused with the nearest name', async () => {
    expect(await refusal(searchEvents(mira, { q: 'acter:mira' }))).toMatchObject({
      field: 'q',
      fix: 'Did you mean actor?',
    });
  });

  test('an unfiltered histogram counts what the filtered one counts', async () => {
    const range = { from: wanted.toISOString(), to: new Date(Date.now() + 1000).toISOString(), buckets: 10 };
    const plain = await eventHistogram(mira, range);
    const filtered = await eventHistogram(mira, { ...range, q: 'phase:intent,outcome,refusal' });
    expect(filtered).toEqual(plain);
    expect(plain.reduce((sum, { failed }) => sum + failed, 0)).toBe(1);
  });
});

describe('what is masked', () => {
  test('a viewer sees who did what, and no details', async () => {
    const { events } = await searchEvents(viewer, { q: 'action:jail.create phase:intent' });
    expect(events[0]).toMatchObject({
      summary: expect.stringContaining('created jail web1'),
      after: null,
      sourceAddress: null,
    });
    expect(events[0]?.masked).toContain('after');
  });

  test('nor finds by what is masked', async () => {
    expect((await searchEvents(viewer, { q: 'source:192.0.2.7' })).events).toEqual([]);
    expect((await searchEvents(mira, { q: 'source:192.0.2.7' })).events.length).toBeGreaterThan(0);
  });
});

test('one event with its outcome and the others of its session', async () => {
  const { events } = await searchEvents(mira, { q: 'action:ip.release phase:intent' });
  const detail = await showEvent(mira, { seq: events[0]?.seq ?? 0 });
  expect(detail.event.reason).toBe('no longer used');
  expect(detail.outcomes).toMatchObject([{ outcome: 'applied', actor: { type: 'host', name: 'h1' } }]);
  expect(detail.sameSession.map(({ kind }) => kind)).toEqual(['jail.create', 'network.create']);
  expect((await refusal(showEvent(mira, { seq: 99_999 }))).code).toBe('not-found');
});

test('an export is an event, and its cells are no formulas', async () => {
  const csv = await exportEvents(mira, { q: 'action:ip.assign', format: 'csv' });
  expect(csv.split('\n')[0]).toMatch(/^seq,at,actor,action/);
  expect(csv).toContain('otto assigned 10.20.0.93 to web1');
  const lines = (await exportEvents(mira, { format: 'ndjson' })).trim().split('\n');
  expect(lines.map((line) => JSON.parse(line).kind)).toContain('audit.export');
  expect(csvCell('=cmd()')).toBe("'=cmd()");
  expect(csvCell('\u001b]52;c;eA==\u0007\u202e')).toBe('\\u{1b}]52;c;eA==\\u{7}\\u{202e}');
  expect(csvCell('a,"b"')).toBe('"a,""b"""');
});

test('one paste finds it', async () => {
  expect((await searchAll(db, '10.20.0.93'))[0]).toMatchObject({
    type: 'address',
    detail: 'cooling, last web1 on h1',
  });
  expect((await searchAll(db, 'web'))[0]).toMatchObject({ type: 'jail', name: 'web1' });
  const made1 = made(await createJail(mira, { name: 'web2' }));
  expect((await searchAll(db, made1.object.id))[0]).toMatchObject({ name: 'web2' });
  expect((await searchAll(db, made1.task.id))[0]).toMatchObject({ type: 'task' });
});

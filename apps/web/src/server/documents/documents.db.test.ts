import { afterAll, beforeAll, expect, test } from 'vitest';
import { readJail } from '../jails/queries.ts';
import { as, refusal, TestHost, testDb } from '../test-fleet.ts';
import { applyDocuments } from './apply-documents.ts';
import { planDocuments } from './plan-documents.ts';
import { showDocument } from './show-document.ts';

const db = testDb();
const mira = as(db);
let h1: TestHost;

beforeAll(async () => {
  h1 = await TestHost.enroll(db, 'h1');
  await h1.report();
});
afterAll(() => db.$disconnect());

const header = { apiVersion: 'cellblock/v1' };
const file = [
  { ...header, kind: 'Network', metadata: { name: 'lan' }, spec: { subnets: ['10.20.0.0/24'], nat: true } },
  {
    ...header,
    kind: 'Jail',
    metadata: { name: 'web1' },
    spec: { interfaces: [{ network: 'lan', addresses: ['10.20.0.10'] }], limits: { memory: '256M' } },
  },
];

test('a file is planned, applied in its order, and changes nothing the second time', async () => {
  const plan = await planDocuments(mira, { documents: file });
  expect(plan.documents.map(({ act, changes }) => [act, ...changes])).toEqual([
    ['create', 'create network lan (10.20.0.0/24)'],
    ['create', 'create jail web1'],
  ]);
  expect(plan.documents[0]?.plan?.steps.map(({ kind }) => kind)).toContain('bridge.create');
  expect(await db.network.count()).toBe(0);
  const applied = await applyDocuments(mira, { documents: file, plan: plan.hash });
  expect(applied.documents.map(({ act }) => act)).toEqual(['create', 'create']);
  await h1.report();
  expect(await readJail(db, 'web1')).toMatchObject({
    state: 'running',
    settings: { limits: { memory: 256 * 2 ** 20 } },
    addresses: [{ address: '10.20.0.10', state: 'assigned' }],
  });
  const again = await planDocuments(mira, { documents: file });
  expect(again.documents.map(({ act }) => act)).toEqual(['none', 'none']);
});

test('what is shown is what apply reads: unchanged', async () => {
  const documents = [
    await showDocument(db, { kind: 'Network', name: 'lan' }, 'operator'),
    await showDocument(db, { kind: 'Pool', name: 'lan' }, 'operator'),
    await showDocument(db, { kind: 'Jail', name: 'web1' }, 'operator'),
  ];
  const plan = await planDocuments(mira, { documents: JSON.parse(JSON.stringify(documents)) });
  expect(plan.documents.map(({ act }) => act)).toEqual(['none', 'none', 'none']);
});

test('addresses become those that are named', async () => {
  const spec = { interfaces: [{ network: 'lan', addresses: ['10.20.0.11'] }], state: 'stopped' };
  const documents = [{ ...header, kind: 'Jail', metadata: { name: 'web1' }, spec }];
  const { documents: planned } = await planDocuments(mira, { documents });
  expect(planned[0]?.changes).toEqual([
    'release 10.20.0.10 from web1',
    'assign 10.20.0.11 to web1',
    'stop web1',
  ]);
});

test('a plan that no longer holds is refused', async () => {
  expect(await refusal(applyDocuments(mira, { documents: file, plan: 'f'.repeat(64) }))).toMatchObject({
    code: 'conflict',
    field: 'plan',
  });
});

test('a mistake is named with document and field', async () => {
  const documents = [file[0], { ...header, kind: 'Jail', metadata: { name: '...' }, spec: {} }];
  expect(await refusal(planDocuments(mira, { documents }))).toMatchObject({
    code: 'invalid',
    field: 'documents.1.metadata.name',
  });
});

test('what cannot be changed in place is refused', async () => {
  const documents = [{ ...file[0], spec: { subnets: ['10.21.0.0/24'] } }];
  expect(await refusal(planDocuments(mira, { documents }))).toMatchObject({
    message: 'Network lan exists and differs in subnets.',
  });
});

test('an operator applies jails and no networks', async () => {
  const otto = as(db, 'otto', 'operator');
  expect((await refusal(planDocuments(otto, { documents: file }))).code).toBe('denied');
  expect((await planDocuments(otto, { documents: [file[1]] })).documents[0]?.act).toBe('none');
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { createJail } from '../jails/create-jail.ts';
import { readJail } from '../jails/queries.ts';
import { createNetwork } from '../networks/create-network.ts';
import { as, TestHost, testDb } from '../test-fleet.ts';
import { searchAll, searchPeople } from './search-all.ts';

const db = testDb();
const mira = as(db);
beforeAll(async () => {
  const h1 = await TestHost.enroll(db, 'h1');
  await h1.report();
  await createNetwork(mira, { name: 'lan', subnets: ['10.20.0.0/24'] });
  await createJail(mira, { name: 'web1' });
  await db.user.create({
    data: { id: 'u1', name: 'mira', email: 'mira@x', username: 'mira', role: 'admin' },
  });
});
afterAll(() => db.$disconnect());

const found = async (text: string) => (await searchAll(db, text)).map(({ type, name }) => `${type} ${name}`);

it('a MAC leads to the jail that has it', async () => {
  const mac = (await readJail(db, 'web1')).interfaces[0]?.mac ?? '';
  expect(await found(mac.toUpperCase())).toEqual(['jail web1']);
  expect(await found('02:00:00:00:00:00')).toEqual([]);
});

it('an address leads to itself first, then to its jail and the network around it', async () => {
  const [held] = (await readJail(db, 'web1')).addresses;
  expect(await found(held?.address ?? '')).toEqual([`address ${held?.address}`, 'network lan', 'jail web1']);
});

it('people are found by a part of their name', async () => {
  expect(await searchPeople(db, 'Ir')).toMatchObject([{ type: 'user', name: 'mira', detail: 'admin' }]);
  expect(await searchPeople(db, 'nobody')).toEqual([]);
});

import { createFakeKernel } from '@cellblock/native/fake-kernel';
import { nftTableName } from '@cellblock/shared/owned-names';
import { expect, test } from 'vitest';
import { guardPortRuleset, guardRuleset } from '../guard-ruleset.ts';
import { elementsOf, readNftTable } from '../observe/nft-table.ts';
import type { WardenHost } from '../warden-host.ts';
import { applyTogether } from './nft-together.ts';

const INSTANCE = '0a1b2c3d';

function guarded() {
  const kernel = createFakeKernel();
  let transactions = 0;
  const counting: typeof kernel = {
    ...kernel,
    applyNft: (o) => {
      transactions += 1;
      return kernel.applyNft(o);
    },
  };
  const host = { kernel: counting } as unknown as WardenHost;
  return {
    change: (verb: 'add' | 'delete', port: string) =>
      applyTogether(host, guardPortRuleset(INSTANCE, verb, port)),
    install: () => applyTogether(host, guardRuleset(INSTANCE)),
    transactions: () => transactions,
    async ports() {
      const listing = await kernel.listNftTable({ family: 'bridge', table: nftTableName(INSTANCE) });
      return elementsOf(readNftTable(listing), 'ports').flat();
    },
  };
}

test('changes that come while one is under way share a transaction', async () => {
  const guard = guarded();
  await guard.install();
  const names = Array.from({ length: 20 }, (_, n) => `v${n}`);
  await Promise.all(names.map((name) => guard.change('add', name)));
  expect(new Set(await guard.ports())).toEqual(new Set(names));
  expect(guard.transactions()).toBeLessThanOrEqual(3);
});

test('one that is refused takes nobody along, and hears it alone', async () => {
  const guard = guarded();
  await guard.install();
  const [first, missing, other] = await Promise.allSettled([
    guard.change('add', 'v1'),
    guard.change('delete', 'v9'),
    guard.change('add', 'v2'),
  ]);
  expect([first.status, missing.status, other.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(missing).toMatchObject({ reason: { code: 'ENOENT' } });
  expect(new Set(await guard.ports())).toEqual(new Set(['v1', 'v2']));
});

test('whoever comes at the moment when the last has been answered is heard too', async () => {
  const guard = guarded();
  await guard.install();
  for (const name of ['v1', 'v2', 'v3', 'v4', 'v5']) await guard.change('add', name);
  expect(await guard.ports()).toHaveLength(5);
});

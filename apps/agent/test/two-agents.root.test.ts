import { afterAll, beforeAll, expect, test } from 'vitest';
import { addressSpec, interfaceSpec, jailSpec, networkSpec } from './spec-builders.ts';
import { Stand } from './stand.ts';

let staying: Stand;
let leaving: Stand;
beforeAll(async () => {
  staying = await Stand.open();
  // The same namespace: both agents' links, tables, groups and claims lie side by side.
  leaving = await Stand.open({ netns: staying.netns });
  await staying.start();
  await leaving.start();
});
afterAll(async () => {
  await leaving.close();
  await staying.close();
});

/** The same keys and names under both: only the agents' marks tell them apart. */
async function occupy(stand: Stand, network: number): Promise<void> {
  const lan = networkSpec(network);
  const jails = [1, 2, 3].map((n) => jailSpec(n, { interfaces: [interfaceSpec(n, lan)] }));
  const addresses = jails.map((jail, n) => addressSpec(n + 1, jail, `10.77.${network}.1${n}`));
  await stand.accept([lan, ...jails, ...addresses]);
  await stand.until('running', ({ converged }) => converged === 1);
}

test('two agents on one kernel share nothing, and purging one is no difference for the other', async () => {
  await occupy(staying, 1);
  await occupy(leaving, 2);
  const [one, other] = [await staying.status(), await leaving.status()];
  const bases = [...one.jails, ...other.jails].map(({ idBase }) => idBase);
  expect(new Set(bases).size).toBe(6);
  const before = await staying.ask((agent) => agent.state.get.query());

  await leaving.stop();
  await leaving.purge();

  await staying.stop();
  await staying.start();
  const after = await staying.until('seen anew', ({ converged }) => converged === 1);
  const state = await staying.ask((agent) => agent.state.get.query());
  expect({ ...state, at: before.at }).toEqual(before);
  expect(after.receipts, 'nothing had to be mended').toBe(one.receipts);
  expect(await staying.inside(null, 'ip', '-o', 'link')).not.toContain(leaving.instance);
  expect(await staying.inside(null, 'ip', '-o', 'link')).toContain(staying.instance);
});

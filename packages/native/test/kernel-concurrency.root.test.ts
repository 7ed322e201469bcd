import { readdirSync, readlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { afterEach, expect, it } from 'vitest';
import { createLinuxKernel } from '../lib/linux-kernel.ts';

const COUNT = 40;
const kernel = createLinuxKernel();
const directory = `/run/cellblock-test${process.pid}`;
const pin = (number: number) => `${directory}/n${number}`;
const everyone = <T>(act: (number: number) => Promise<T>) =>
  Promise.all(Array.from({ length: COUNT }, (_, number) => act(number)));

afterEach(async () => {
  for (const name of await kernel.listNetns({ directory })) {
    await kernel.removeNetns({ path: `${directory}/${name}` });
  }
  await rm(directory, { recursive: true, force: true });
});

/** The network namespaces that threads of this process are in. */
const namespacesOfThreads = () =>
  new Set(readdirSync('/proc/self/task').map((task) => readlinkSync(`/proc/self/task/${task}/ns/net`)));
const openDescriptors = () => readdirSync('/proc/self/fd').length;

async function actOn(number: number) {
  const netns = pin(number);
  const mac = `02:00:00:00:01:${number.toString(16).padStart(2, '0')}`;
  await kernel.createBridge({ netns, name: `br${number}` });
  await kernel.addAddress({ netns, link: `br${number}`, prefix: `10.0.${number}.1/24` });
  await kernel.writeSysctl({ netns, key: 'ipv4.ip_unprivileged_port_start', value: String(number) });
  await kernel.applyNft({ netns, ruleset: `add table inet t${number}` });
  await kernel.replaceNeighbour({ netns, link: `br${number}`, address: `10.0.${number}.2`, mac });
  await kernel.createBridge({ netns, name: `br${number}` }).catch(() => undefined);
  await kernel.applyNft({ netns, ruleset: 'nonsense' }).catch(() => undefined);
  await kernel.readSysctl({ netns, key: 'ipv4.nothing' }).catch(() => undefined);
}

it('many acts at once each happen in their own namespace, and every thread comes back', async () => {
  const home = namespacesOfThreads();
  await everyone((number) => kernel.createNetns({ path: pin(number) }));
  await everyone(actOn);
  await everyone(async (number) => {
    const netns = pin(number);
    const links = await kernel.listLinks({ netns });
    expect(links.map((link) => link.name)).toEqual(['lo', `br${number}`]);
    const addresses = await kernel.listAddresses({ netns });
    expect(addresses).toContainEqual({ link: `br${number}`, prefix: `10.0.${number}.1/24` });
    const start = await kernel.readSysctl({ netns, key: 'ipv4.ip_unprivileged_port_start' });
    expect(start).toBe(String(number));
    expect(await kernel.listNftTables({ netns })).toEqual([{ family: 'inet', table: `t${number}` }]);
  });
  expect(namespacesOfThreads()).toEqual(home);
});

it('acts and refusals leave no descriptor open', async () => {
  await everyone((number) => kernel.createNetns({ path: pin(number) }));
  // The first round opens what the event loop keeps
  await everyone(actOn);
  const before = openDescriptors();
  await everyone(async (number) => {
    await kernel.deleteLink({ netns: pin(number), name: `br${number}` });
    await actOn(number);
  });
  await everyone(async (number) => {
    const stop = new AbortController();
    const events = kernel.watch({ netns: pin(number), signal: stop.signal })[Symbol.asyncIterator]();
    await events.next();
    stop.abort();
    await events.next();
  });
  await expect.poll(openDescriptors).toBe(before);
});

import { rm } from 'node:fs/promises';
import { afterEach, expect, it } from 'vitest';
import { createLinuxKernel } from '../lib/linux-kernel.ts';

const kernel = createLinuxKernel();
const directory = `/run/cellblock-test${process.pid}`;
const pin = (name: string) => `${directory}/${name}`;

afterEach(async () => {
  for (const name of await kernel.listNetns({ directory })) await kernel.removeNetns({ path: pin(name) });
  await rm(directory, { recursive: true, force: true });
});

/** Two guests on one bridge; whether the first finds the second. */
async function reaches(isolated: boolean): Promise<string | null | undefined> {
  const netns = pin('host');
  await kernel.createNetns({ path: netns });
  await kernel.createBridge({ netns, name: 'br0' });
  for (const number of [1, 2]) {
    const guest = pin(`guest${number}`);
    await kernel.createNetns({ path: guest });
    const peer = { name: 'eth0', netns: guest, mac: `02:00:00:00:00:0${number}` };
    await kernel.createVeth({ netns, name: `v${number}`, master: 'br0', port: { isolated }, peer });
    await kernel.setLink({ netns: guest, name: 'eth0', up: true });
    await kernel.addAddress({ netns: guest, link: 'eth0', prefix: `10.0.0.${number}/24` });
  }
  const question = { netns: pin('guest1'), link: 'eth0', address: '10.0.0.2' };
  await kernel.probeNeighbour(question);
  const answer = async () => {
    const seen = await kernel.listNeighbours({ netns: question.netns, link: 'eth0' });
    return seen.find((one) => one.address === question.address);
  };
  // The kernel asks three times, a second apart, before it gives up
  await expect.poll(async () => (await answer())?.state, { timeout: 8_000 }).toMatch(/reachable|failed/);
  return (await answer())?.mac;
}

it('guests on isolated ports do not find each other; on plain ports they do', async () => {
  expect(await reaches(true)).toBeNull();
  for (const name of await kernel.listNetns({ directory })) await kernel.removeNetns({ path: pin(name) });
  expect(await reaches(false)).toBe('02:00:00:00:00:02');
});

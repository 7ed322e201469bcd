import { expect, vi } from 'vitest';
import { expectRefusal, type Scene, wire } from './scene.ts';

export const namespaceExpectations = {
  'a pinned namespace is listed and has lo, up, and no other link': async ({
    kernel,
    host,
    directory,
  }: Scene) => {
    expect(await kernel.listNetns({ directory })).toEqual(['guest', 'host']);
    const links = await kernel.listLinks({ netns: host });
    expect(links.map(({ name, up }) => ({ name, up }))).toEqual([{ name: 'lo', up: true }]);
  },
  'a second one at the same path is refused': async ({ kernel, host }: Scene) => {
    await expectRefusal(kernel.createNetns({ path: host }), 'EEXIST');
  },
  'a removed one is not listed, not entered and not removed again': async ({
    kernel,
    guest,
    directory,
  }: Scene) => {
    await kernel.removeNetns({ path: guest });
    expect(await kernel.listNetns({ directory })).toEqual(['host']);
    await expectRefusal(kernel.listLinks({ netns: guest }), 'ENOENT');
    await expectRefusal(kernel.removeNetns({ path: guest }), 'ENOENT');
  },
  'a missing directory pins none': async ({ kernel, directory }: Scene) => {
    expect(await kernel.listNetns({ directory: `${directory}/nothing` })).toEqual([]);
  },
  'a veth ends with the namespace of its other end': async (scene: Scene) => {
    const { kernel, host, guest } = scene;
    await wire(scene);
    await kernel.removeNetns({ path: guest });
    await vi.waitFor(async () => {
      const links = await kernel.listLinks({ netns: host });
      expect(links.map((link) => link.name)).toEqual(['lo', 'br0']);
    }, 10_000);
  },
};

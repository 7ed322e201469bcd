import { expect } from 'vitest';
import { expectRefusal, MAC, type Scene, wire } from './scene.ts';

const CLOSED = { isolated: true, learning: false, flood: false, mcastFlood: false, bcastFlood: false };

async function link({ kernel }: Scene, netns: string, name: string) {
  const links = await kernel.listLinks({ netns });
  return links.find((one) => one.name === name);
}

export const linkExpectations = {
  'a bridge is created up, with the address and size asked for': async (scene: Scene) => {
    const { kernel, host } = scene;
    await kernel.createBridge({ netns: host, name: 'br0', mac: '02:00:00:00:00:01', mtu: 1400 });
    expect(await link(scene, host, 'br0')).toMatchObject({
      kind: 'bridge',
      mac: '02:00:00:00:00:01',
      mtu: 1400,
      up: true,
      master: null,
      port: null,
    });
    await expectRefusal(kernel.createBridge({ netns: host, name: 'br0' }), 'EEXIST');
  },
  'the near end of a veth is up and a port, the far end is down and named as asked': async (scene: Scene) => {
    const { kernel, host, guest } = scene;
    await kernel.createBridge({ netns: host, name: 'br0' });
    const peer = { name: 'eth0', netns: guest, mac: MAC, index: 2 };
    const mac = 'fe:00:00:00:00:07';
    await kernel.createVeth({ netns: host, name: 'v0', mac, master: 'br0', mtu: 1400, peer });
    expect(await link(scene, host, 'v0')).toMatchObject({
      kind: 'veth',
      mac,
      up: true,
      master: 'br0',
      mtu: 1400,
    });
    expect(await link(scene, guest, 'eth0')).toMatchObject({ index: 2, mac: MAC, up: false, mtu: 1400 });
  },
  'a veth is refused when the name is taken on either side, or there is no such bridge': async (
    scene: Scene,
  ) => {
    const { kernel, host, guest } = scene;
    await wire(scene);
    const peer = { name: 'eth1', netns: guest, mac: MAC };
    await expectRefusal(kernel.createVeth({ netns: host, name: 'v0', peer }), 'EEXIST');
    await expectRefusal(
      kernel.createVeth({ netns: host, name: 'v1', peer: { ...peer, name: 'eth0' } }),
      'EEXIST',
    );
    await expectRefusal(kernel.createVeth({ netns: host, name: 'v1', master: 'none', peer }), 'ENODEV');
    await expectRefusal(
      kernel.createVeth({ netns: host, name: 'v1', peer: { ...peer, netns: `${guest}x` } }),
      'ENOENT',
    );
    expect((await kernel.listLinks({ netns: host })).map((one) => one.name)).toEqual(['lo', 'br0', 'v0']);
    expect((await kernel.listLinks({ netns: guest })).map((one) => one.name)).toEqual(['lo', 'eth0']);
  },
  'a new port floods and learns unless told otherwise': async (scene: Scene) => {
    const { kernel, host, guest } = scene;
    await wire(scene);
    const open = { isolated: false, learning: true, flood: true, mcastFlood: true, bcastFlood: true };
    expect((await link(scene, host, 'v0'))?.port).toEqual(open);
    const peer = { name: 'eth1', netns: guest, mac: MAC };
    await kernel.createVeth({ netns: host, name: 'v1', master: 'br0', port: CLOSED, peer });
    expect((await link(scene, host, 'v1'))?.port).toEqual(CLOSED);
  },
  'flags of a port are changed one by one': async (scene: Scene) => {
    const { kernel, host } = scene;
    await wire(scene);
    await kernel.setBridgePort({ netns: host, name: 'v0', flags: CLOSED });
    await kernel.setBridgePort({ netns: host, name: 'v0', flags: { isolated: false } });
    expect((await link(scene, host, 'v0'))?.port).toEqual({ ...CLOSED, isolated: false });
  },
  'flags are refused where there is no port': async (scene: Scene) => {
    const { kernel, host } = scene;
    await wire(scene);
    await expectRefusal(kernel.setBridgePort({ netns: host, name: 'br0', flags: CLOSED }), 'EINVAL');
    await expectRefusal(kernel.setBridgePort({ netns: host, name: 'none', flags: CLOSED }), 'ENODEV');
  },
  'a link takes an address, a size, a bridge and none': async (scene: Scene) => {
    const { kernel, host } = scene;
    await wire(scene);
    await kernel.setLink({ netns: host, name: 'v0', up: false, mac: '02:00:00:00:00:09', mtu: 1300 });
    expect(await link(scene, host, 'v0')).toMatchObject({ up: false, mac: '02:00:00:00:00:09', mtu: 1300 });
    await kernel.setLink({ netns: host, name: 'v0', master: null });
    expect(await link(scene, host, 'v0')).toMatchObject({ master: null, port: null });
    await kernel.setLink({ netns: host, name: 'v0', master: 'br0' });
    expect((await link(scene, host, 'v0'))?.master).toBe('br0');
    await expectRefusal(kernel.setLink({ netns: host, name: 'none', up: true }), 'ENODEV');
    await expectRefusal(kernel.setLink({ netns: host, name: 'v0', master: 'none' }), 'ENODEV');
  },
  'a deleted link is gone at both ends, and cannot be deleted again': async (scene: Scene) => {
    const { kernel, host, guest } = scene;
    await wire(scene);
    await kernel.deleteLink({ netns: host, name: 'v0' });
    expect(await link(scene, host, 'v0')).toBeUndefined();
    expect(await link(scene, guest, 'eth0')).toBeUndefined();
    await expectRefusal(kernel.deleteLink({ netns: host, name: 'v0' }), 'ENODEV');
  },
  'a name longer than the kernel allows is refused': async ({ kernel, host }: Scene) => {
    await expectRefusal(kernel.createBridge({ netns: host, name: 'sixteen-letters-' }), 'ERANGE');
  },
};

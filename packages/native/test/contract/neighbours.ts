import { expect, vi } from 'vitest';
import { expectRefusal, MAC, type Scene, wire } from './scene.ts';

const OTHER = '02:00:00:00:00:06';

export const neighbourExpectations = {
  'a neighbour is permanent and replaced by the next for its address': async (scene: Scene) => {
    const { kernel, host } = scene;
    await wire(scene);
    for (const address of ['10.0.0.5', 'fd00::5']) {
      const entry = { netns: host, link: 'br0', address };
      await kernel.replaceNeighbour({ ...entry, mac: OTHER });
      await kernel.replaceNeighbour({ ...entry, mac: MAC });
      expect(await kernel.listNeighbours({ netns: host, link: 'br0' })).toEqual([
        { link: 'br0', address, mac: MAC, state: 'permanent' },
      ]);
      expect(await kernel.listNeighbours({ netns: host, link: 'v0' })).toEqual([]);
      await kernel.deleteNeighbour(entry);
      await expectRefusal(kernel.deleteNeighbour(entry), 'ENOENT');
    }
    expect(await kernel.listNeighbours({ netns: host })).toEqual([]);
  },
  'a neighbour is refused without its link': async (scene: Scene) => {
    const entry = { netns: scene.host, link: 'none', address: '10.0.0.5' };
    await expectRefusal(scene.kernel.replaceNeighbour({ ...entry, mac: MAC }), 'ENODEV');
    await expectRefusal(scene.kernel.deleteNeighbour(entry), 'ENODEV');
  },
  'asking who has an address finds its owner, and nobody for a free one': async (scene: Scene) => {
    const { kernel, host, guest } = scene;
    await wire(scene);
    await kernel.addAddress({ netns: host, link: 'br0', prefix: '10.0.0.1/24' });
    await kernel.addAddress({ netns: guest, link: 'eth0', prefix: '10.0.0.5/24' });
    await kernel.probeNeighbour({ netns: host, link: 'br0', address: '10.0.0.5' });
    await kernel.probeNeighbour({ netns: host, link: 'br0', address: '10.0.0.99' });
    await vi.waitFor(async () => {
      const seen = await kernel.listNeighbours({ netns: host, link: 'br0' });
      expect(seen.find((one) => one.address === '10.0.0.5')).toMatchObject({ mac: MAC, state: 'reachable' });
      expect(seen.find((one) => one.address === '10.0.0.99')?.mac).toBeNull();
    }, 10_000);
  },
  'a forwarding entry leads to one port of the bridge': async (scene: Scene) => {
    const { kernel, host, guest } = scene;
    await wire(scene);
    const peer = { name: 'eth1', netns: guest, mac: OTHER };
    // A port that learns moves static entries too: the guest's own frames would take it back to v0
    const port = { learning: false };
    await kernel.setBridgePort({ netns: host, name: 'v0', flags: port });
    await kernel.createVeth({ netns: host, name: 'v1', master: 'br0', port, peer });
    await kernel.replaceForwarding({ netns: host, port: 'v0', mac: MAC });
    await kernel.replaceForwarding({ netns: host, port: 'v0', mac: MAC });
    expect(await kernel.listForwarding({ netns: host })).toEqual([{ bridge: 'br0', port: 'v0', mac: MAC }]);
    await kernel.replaceForwarding({ netns: host, port: 'v1', mac: MAC });
    expect(await kernel.listForwarding({ netns: host, bridge: 'br0' })).toEqual([
      { bridge: 'br0', port: 'v1', mac: MAC },
    ]);
    expect(await kernel.listForwarding({ netns: host, bridge: 'br1' })).toEqual([]);
    await expectRefusal(kernel.deleteForwarding({ netns: host, port: 'v0', mac: MAC }), 'ENOENT');
    await kernel.deleteForwarding({ netns: host, port: 'v1', mac: MAC });
    await expectRefusal(kernel.deleteForwarding({ netns: host, port: 'v1', mac: MAC }), 'ENOENT');
    expect(await kernel.listForwarding({ netns: host })).toEqual([]);
  },
  'forwarding entries go with their port': async (scene: Scene) => {
    const { kernel, host } = scene;
    await wire(scene);
    await kernel.replaceForwarding({ netns: host, port: 'v0', mac: MAC });
    await kernel.setLink({ netns: host, name: 'v0', master: null });
    expect(await kernel.listForwarding({ netns: host })).toEqual([]);
    await expectRefusal(kernel.replaceForwarding({ netns: host, port: 'v0', mac: MAC }), 'EOPNOTSUPP');
    await expectRefusal(kernel.replaceForwarding({ netns: host, port: 'none', mac: MAC }), 'ENODEV');
  },
};

import { expect } from 'vitest';
import { expectRefusal, type Scene, wire } from './scene.ts';

async function onEth0({ kernel, guest }: Scene): Promise<string[]> {
  const addresses = await kernel.listAddresses({ netns: guest });
  return addresses.filter(({ link }) => link === 'eth0').map(({ prefix }) => prefix);
}

export const addressExpectations = {
  'an added address is listed, of both families, and none made by the kernel': async (scene: Scene) => {
    const { kernel, guest } = scene;
    await wire(scene);
    await kernel.addAddress({ netns: guest, link: 'eth0', prefix: '10.0.0.5/24' });
    await kernel.addAddress({ netns: guest, link: 'eth0', prefix: 'fd00::5/128' });
    expect(await onEth0(scene)).toEqual(['10.0.0.5/24', 'fd00::5/128']);
  },
  'the loopback addresses are listed': async ({ kernel, guest }: Scene) => {
    const all = await kernel.listAddresses({ netns: guest });
    expect(all).toEqual([
      { link: 'lo', prefix: '127.0.0.1/8' },
      { link: 'lo', prefix: '::1/128' },
    ]);
  },
  'a link-local address that was asked for is listed': async (scene: Scene) => {
    await wire(scene);
    await scene.kernel.addAddress({ netns: scene.guest, link: 'eth0', prefix: 'fe80::1/64' });
    expect(await onEth0(scene)).toEqual(['fe80::1/64']);
  },
  'an address is refused a second time, and without its link': async (scene: Scene) => {
    const { kernel, guest } = scene;
    await wire(scene);
    for (const prefix of ['10.0.0.5/24', 'fd00::5/128']) {
      await kernel.addAddress({ netns: guest, link: 'eth0', prefix });
      await expectRefusal(kernel.addAddress({ netns: guest, link: 'eth0', prefix }), 'EEXIST');
      await expectRefusal(kernel.addAddress({ netns: guest, link: 'none', prefix }), 'ENODEV');
    }
    await expectRefusal(kernel.addAddress({ netns: guest, link: 'eth0', prefix: '10.0.0.5' }), 'EINVAL');
    await expectRefusal(kernel.addAddress({ netns: guest, link: 'eth0', prefix: '10.0.0.5/33' }), 'EINVAL');
  },
  'a deleted address is gone, and cannot be deleted again': async (scene: Scene) => {
    const { kernel, guest } = scene;
    await wire(scene);
    for (const prefix of ['10.0.0.5/24', 'fd00::5/128']) {
      await kernel.addAddress({ netns: guest, link: 'eth0', prefix });
      await kernel.deleteAddress({ netns: guest, link: 'eth0', prefix });
      await expectRefusal(kernel.deleteAddress({ netns: guest, link: 'eth0', prefix }), 'EADDRNOTAVAIL');
    }
    expect(await onEth0(scene)).toEqual([]);
    await expectRefusal(
      kernel.deleteAddress({ netns: guest, link: 'none', prefix: '10.0.0.5/24' }),
      'ENODEV',
    );
  },
  'the first address of a subnet goes without the others': async (scene: Scene) => {
    const { kernel, guest } = scene;
    await wire(scene);
    for (const prefix of ['10.0.0.5/24', '10.0.0.6/24', '10.0.0.7/24']) {
      await kernel.addAddress({ netns: guest, link: 'eth0', prefix });
    }
    await kernel.deleteAddress({ netns: guest, link: 'eth0', prefix: '10.0.0.5/24' });
    expect(await onEth0(scene)).toEqual(['10.0.0.6/24', '10.0.0.7/24']);
  },
  'a link that goes down keeps its v4 and loses its v6 addresses': async (scene: Scene) => {
    const { kernel, guest } = scene;
    await wire(scene);
    await kernel.addAddress({ netns: guest, link: 'eth0', prefix: '10.0.0.5/24' });
    await kernel.addAddress({ netns: guest, link: 'eth0', prefix: 'fd00::5/128' });
    await kernel.setLink({ netns: guest, name: 'eth0', up: false });
    expect(await onEth0(scene)).toEqual(['10.0.0.5/24']);
  },
};

import { expect } from 'vitest';
import { expectRefusal, type Scene, wire } from './scene.ts';

const ROUTES = [
  { destination: 'default4', gateway: '10.0.0.1', link: 'eth0' },
  { destination: '10.9.0.0/16', gateway: '10.8.0.1', link: 'eth0', onlink: true },
  { destination: '10.7.0.1/32', link: 'eth0' },
  { destination: 'default6', gateway: 'fe80::1', link: 'eth0' },
  { destination: 'fd09::/64', gateway: 'fd00::1', link: 'eth0' },
];

async function addressed(scene: Scene) {
  await wire(scene);
  await scene.kernel.addAddress({ netns: scene.guest, link: 'eth0', prefix: '10.0.0.5/24' });
  await scene.kernel.addAddress({ netns: scene.guest, link: 'eth0', prefix: 'fd00::5/64' });
}

export const routeExpectations = {
  'added routes are listed, without those of the addresses': async (scene: Scene) => {
    const { kernel, guest } = scene;
    await addressed(scene);
    for (const route of ROUTES) await kernel.addRoute({ netns: guest, route });
    const listed = await kernel.listRoutes({ netns: guest });
    expect(listed).toHaveLength(ROUTES.length);
    expect(listed).toEqual(expect.arrayContaining(ROUTES));
  },
  'a route is refused a second time': async (scene: Scene) => {
    const { kernel, guest } = scene;
    await addressed(scene);
    for (const route of ROUTES) {
      await kernel.addRoute({ netns: guest, route });
      await expectRefusal(kernel.addRoute({ netns: guest, route }), 'EEXIST');
    }
  },
  'a gateway that is not on the link is refused': async (scene: Scene) => {
    const { kernel, guest } = scene;
    await addressed(scene);
    const v4 = { destination: '10.9.0.0/16', gateway: '10.8.0.1', link: 'eth0' };
    const v6 = { destination: 'fd09::/64', gateway: 'fd08::1', link: 'eth0' };
    await expectRefusal(kernel.addRoute({ netns: guest, route: v4 }), 'ENETUNREACH');
    await expectRefusal(kernel.addRoute({ netns: guest, route: v6 }), 'EHOSTUNREACH');
    await expectRefusal(kernel.addRoute({ netns: guest, route: { ...v4, link: 'none' } }), 'ENODEV');
  },
  'a deleted route is gone, and cannot be deleted again': async (scene: Scene) => {
    const { kernel, guest } = scene;
    await addressed(scene);
    for (const route of ROUTES) {
      await kernel.addRoute({ netns: guest, route });
      await kernel.deleteRoute({ netns: guest, route });
      await expectRefusal(kernel.deleteRoute({ netns: guest, route }), 'ESRCH');
    }
    expect(await kernel.listRoutes({ netns: guest })).toEqual([]);
  },
  'with its last v4 address a link loses its v4 routes only': async (scene: Scene) => {
    const { kernel, guest } = scene;
    await addressed(scene);
    for (const route of ROUTES) await kernel.addRoute({ netns: guest, route });
    await kernel.deleteAddress({ netns: guest, link: 'eth0', prefix: '10.0.0.5/24' });
    const left = await kernel.listRoutes({ netns: guest });
    expect(left.map((route) => route.destination).sort()).toEqual(['default6', 'fd09::/64']);
  },
  'a link that goes down loses its routes and takes no new ones': async (scene: Scene) => {
    const { kernel, guest } = scene;
    await addressed(scene);
    for (const route of ROUTES) await kernel.addRoute({ netns: guest, route });
    await kernel.setLink({ netns: guest, name: 'eth0', up: false });
    expect(await kernel.listRoutes({ netns: guest })).toEqual([]);
    const route = { destination: '10.7.0.1/32', link: 'eth0' };
    await expectRefusal(kernel.addRoute({ netns: guest, route }), 'ENETDOWN');
  },
};

import { expect } from 'vitest';
import { expectRefusal, type Scene, wire } from './scene.ts';

export const sysctlExpectations = {
  'a value is read back, in its namespace only': async (scene: Scene) => {
    const { kernel, host, guest } = scene;
    const key = 'ipv4.ip_unprivileged_port_start';
    await kernel.writeSysctl({ netns: guest, key, value: '0' });
    expect(await kernel.readSysctl({ netns: guest, key })).toBe('0');
    expect(await kernel.readSysctl({ netns: host, key })).toBe('1024');
  },
  'a range keeps both its ends': async ({ kernel, guest }: Scene) => {
    const key = 'ipv4.ping_group_range';
    await kernel.writeSysctl({ netns: guest, key, value: '0 2147483647' });
    expect(await kernel.readSysctl({ netns: guest, key })).toBe('0\t2147483647');
  },
  'a v4 default holds for every link that was not set itself': async (scene: Scene) => {
    const { kernel, host } = scene;
    for (const name of ['br0', 'br1']) await kernel.createBridge({ netns: host, name });
    const notify = (name: string) => `ipv4.conf.${name}.arp_notify`;
    await kernel.writeSysctl({ netns: host, key: notify('br1'), value: '0' });
    await kernel.writeSysctl({ netns: host, key: notify('default'), value: '1' });
    expect(await kernel.readSysctl({ netns: host, key: notify('br0') })).toBe('1');
    expect(await kernel.readSysctl({ netns: host, key: notify('br1') })).toBe('0');
  },
  'a v6 default holds for links to come, not for those there are': async (scene: Scene) => {
    const { kernel, host } = scene;
    const notify = (name: string) => `ipv6.conf.${name}.ndisc_notify`;
    await kernel.createBridge({ netns: host, name: 'br0' });
    await kernel.writeSysctl({ netns: host, key: notify('default'), value: '1' });
    await kernel.createBridge({ netns: host, name: 'br1' });
    expect(await kernel.readSysctl({ netns: host, key: notify('br0') })).toBe('0');
    expect(await kernel.readSysctl({ netns: host, key: notify('br1') })).toBe('1');
  },
  'a link with a dot in its name is reached by slashes': async ({ kernel, host }: Scene) => {
    await kernel.createBridge({ netns: host, name: 'br.0' });
    await kernel.writeSysctl({ netns: host, key: 'ipv4/conf/br.0/proxy_arp_pvlan', value: '1' });
    expect(await kernel.readSysctl({ netns: host, key: 'ipv4/conf/br.0/proxy_arp_pvlan' })).toBe('1');
  },
  'forwarding for the namespace is forwarding for its links': async (scene: Scene) => {
    const { kernel, host } = scene;
    await wire(scene);
    await kernel.writeSysctl({ netns: host, key: 'ipv4.ip_forward', value: '1' });
    expect(await kernel.readSysctl({ netns: host, key: 'ipv4.conf.br0.forwarding' })).toBe('1');
  },
  'a missing key and a wrong value are refused': async ({ kernel, host }: Scene) => {
    await expectRefusal(kernel.readSysctl({ netns: host, key: 'ipv4.conf.none.arp_notify' }), 'ENOENT');
    await expectRefusal(kernel.writeSysctl({ netns: host, key: 'ipv4.nothing', value: '1' }), 'ENOENT');
    const key = 'ipv4.conf.lo.arp_notify';
    await expectRefusal(kernel.writeSysctl({ netns: host, key, value: 'yes' }), 'EINVAL');
  },
};

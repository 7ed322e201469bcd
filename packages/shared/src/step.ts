import * as z from 'zod';
import { PortFlags } from './host-state.ts';
import { JailLimits, limitsText } from './jail-limits.ts';
import { ResourceLimits } from './jail-spec.ts';
import { resourceLimitsText } from './resource-limits-change.ts';

/** Which spec object a step is for (`jail/…`, `address/…`, `network/…`, `host`) and the event that wanted it. */
const about = { object: z.string(), cause: z.uuid().nullable() };
/** A jail by its key (paths, kernel names) and by its name (for people). */
const jail = { jail: z.string(), name: z.string() };
const network = { network: z.uuid() };

function step<Kind extends string, Shape extends z.ZodRawShape>(kind: Kind, shape: Shape) {
  return z.object({ kind: z.literal(kind), ...about, ...shape });
}

/** One fact to make true. Every step may be done twice with the effect of once. */
export const Step = z.discriminatedUnion('kind', [
  step('host-setting.set', { key: z.string(), value: z.string() }),
  step('guard.install', {}),
  step('nat.install', {}),
  step('bridge.create', { ...network, bridge: z.string(), mac: z.string() }),
  step('bridge.up', { ...network, bridge: z.string() }),
  step('bridge.setting', { ...network, bridge: z.string(), key: z.string(), value: z.string() }),
  step('bridge.address.add', { ...network, bridge: z.string(), prefix: z.string() }),
  step('bridge.address.remove', { ...network, bridge: z.string(), prefix: z.string() }),
  step('bridge.remove', { ...network, bridge: z.string() }),
  step('nat.add', { ...network, subnet: z.string() }),
  step('nat.remove', { ...network, subnet: z.string() }),

  step('ids.claim', { ...jail }),
  step('ids.release', { ...jail }),
  step('storage.create', { ...jail }),
  step('storage.remove', { ...jail }),
  step('cgroup.create', { ...jail }),
  step('cgroup.limits', { ...jail, limits: JailLimits }),
  step('cgroup.devices', { ...jail, devices: z.array(z.string()) }),
  step('cgroup.remove', { ...jail }),
  step('netns.create', { ...jail }),
  step('netns.setting', { ...jail, key: z.string(), value: z.string() }),
  step('netns.remove', { ...jail }),

  step('guard.port.add', { ...jail, port: z.string() }),
  step('guard.port.remove', { ...jail, port: z.string() }),
  step('guard.address.add', { ...jail, port: z.string(), mac: z.string(), address: z.string() }),
  step('guard.address.remove', { ...jail, port: z.string(), mac: z.string(), address: z.string() }),
  step('link.create', {
    ...jail,
    ...network,
    port: z.string(),
    bridge: z.string(),
    link: z.string(),
    mac: z.string(),
  }),
  step('link.attach', { ...jail, ...network, port: z.string(), bridge: z.string() }),
  step('link.flags', { ...jail, port: z.string(), flags: PortFlags.partial() }),
  step('link.setting', { ...jail, port: z.string(), key: z.string(), value: z.string() }),
  step('link.up', { ...jail, link: z.string() }),
  // `dissolves`: its network namespace has been given up, and the kernel takes the port with it
  step('link.remove', { ...jail, port: z.string(), dissolves: z.boolean().optional() }),
  step('forwarding.add', { ...jail, port: z.string(), mac: z.string() }),
  step('forwarding.remove', { ...jail, port: z.string(), mac: z.string() }),
  step('neighbour.add', { ...jail, bridge: z.string(), address: z.string(), mac: z.string() }),
  step('neighbour.remove', { ...jail, bridge: z.string(), address: z.string() }),
  step('address.add', {
    ...jail,
    link: z.string(),
    address: z.string(),
    prefix: z.string(),
    /** a bridge that leads to a real segment: ask there first, announce there afterwards */
    segment: z.string().nullable(),
    mac: z.string(),
  }),
  step('address.remove', { ...jail, link: z.string(), address: z.string(), prefix: z.string() }),
  step('route.add', {
    ...jail,
    link: z.string(),
    destination: z.string(),
    gateway: z.string().nullable(),
  }),
  step('route.remove', {
    ...jail,
    link: z.string(),
    destination: z.string(),
    gateway: z.string().nullable(),
  }),
  step('process.start', { ...jail, startNumber: z.int(), reason: z.enum(['wanted', 'restart-policy']) }),
  step('process.stop', { ...jail, startNumber: z.int() }),
  step('process.limits', { ...jail, limits: ResourceLimits }),
]);
export type Step = z.infer<typeof Step>;
export type StepKind = Step['kind'];
export type StepOf<Kind extends StepKind> = Extract<Step, { kind: Kind }>;

/** Exactly one line per kind; a new kind does not compile without its line. */
const LINES: { [Kind in StepKind]: (step: StepOf<Kind>) => string } = {
  'host-setting.set': (s) => `set ${s.key} to ${s.value} on the host`,
  'guard.install': () => 'install the guard that judges the ports of jails',
  'nat.install': () => 'install the table for masquerading',
  'bridge.create': (s) => `create bridge ${s.bridge}`,
  'bridge.up': (s) => `bring bridge ${s.bridge} up`,
  'bridge.setting': (s) => `set ${s.key} to ${s.value} on bridge ${s.bridge}`,
  'bridge.address.add': (s) => `add address ${s.prefix} to bridge ${s.bridge}`,
  'bridge.address.remove': (s) => `remove address ${s.prefix} from bridge ${s.bridge}`,
  'bridge.remove': (s) => `remove bridge ${s.bridge}`,
  'nat.add': (s) => `masquerade what leaves ${s.subnet}`,
  'nat.remove': (s) => `stop masquerading ${s.subnet}`,
  'ids.claim': (s) => `claim a range of 65,536 host ids for jail ${s.name}`,
  'ids.release': (s) => `release the host ids of jail ${s.name}`,
  'storage.create': (s) => `prepare the storage of jail ${s.name}, closed to the host's users`,
  'storage.remove': (s) => `remove the storage of jail ${s.name}`,
  'cgroup.create': (s) => `create the control group of jail ${s.name}`,
  'cgroup.limits': (s) => `limit jail ${s.name} to ${limitsText(s.limits)}`,
  'cgroup.devices': (s) =>
    `close every device to jail ${s.name} but ${['the usual ones', ...s.devices].join(', ')}`,
  'cgroup.remove': (s) => `remove the control group of jail ${s.name}`,
  'netns.create': (s) => `create the network namespace of jail ${s.name}`,
  'netns.setting': (s) => `set ${s.key} to ${s.value} in jail ${s.name}`,
  'netns.remove': (s) => `remove the network namespace of jail ${s.name}`,
  'guard.port.add': (s) => `guard port ${s.port} of jail ${s.name}: drop what it may not send`,
  'guard.port.remove': (s) => `stop guarding port ${s.port} of jail ${s.name}`,
  'guard.address.add': (s) => `let port ${s.port} of jail ${s.name} send from ${s.address}`,
  'guard.address.remove': (s) => `no longer let port ${s.port} of jail ${s.name} send from ${s.address}`,
  'link.create': (s) => `create ${s.link} of jail ${s.name}, with port ${s.port} on ${s.bridge}`,
  'link.attach': (s) => `attach port ${s.port} of jail ${s.name} to ${s.bridge}`,
  'link.flags': (s) => `set the bridge flags of port ${s.port} of jail ${s.name}`,
  'link.setting': (s) => `set ${s.key} to ${s.value} on port ${s.port} of jail ${s.name}`,
  'link.up': (s) => `bring ${s.link} of jail ${s.name} up`,
  'link.remove': (s) => `remove port ${s.port} of jail ${s.name}`,
  'forwarding.add': (s) => `forward ${s.mac} to port ${s.port} of jail ${s.name}`,
  'forwarding.remove': (s) => `no longer forward ${s.mac} to port ${s.port} of jail ${s.name}`,
  'neighbour.add': (s) => `answer for ${s.address} on ${s.bridge} with ${s.mac} of jail ${s.name}`,
  'neighbour.remove': (s) => `no longer answer for ${s.address} on ${s.bridge}`,
  'address.add': (s) => `add address ${s.prefix} to ${s.link} of jail ${s.name}`,
  'address.remove': (s) => `remove address ${s.prefix} from ${s.link} of jail ${s.name}`,
  'route.add': (s) => `add ${routeText(s)} to jail ${s.name}`,
  'route.remove': (s) => `remove ${routeText(s)} from jail ${s.name}`,
  'process.start': (s) =>
    s.reason === 'wanted' ? `start jail ${s.name}` : `start jail ${s.name} again, as its restart policy says`,
  'process.stop': (s) => `stop jail ${s.name}`,
  'process.limits': (s) =>
    `limit every process of jail ${s.name} to ${resourceLimitsText(s.limits)}, while it runs`,
};

/** One line for people: `add address 10.0.0.5/24 to eth0 of jail web1`. */
export function describeStep(step: Step): string {
  const line = LINES[step.kind] as (step: Step) => string;
  return line(step);
}

function routeText(route: { destination: string; gateway: string | null; link: string }): string {
  const to = route.destination.replace(/^default[46]$/, (word) => `default route (v${word.at(-1)})`);
  return `${to}${route.gateway === null ? '' : ` through ${route.gateway}`} on ${route.link}`;
}

import { describe, expect, it } from 'vitest';
import type { AddressSpec, JailSpec, NetworkSpec, SpecObject } from '../host-spec.ts';
import { hostSpec, specKey } from '../host-spec.ts';
import { emptyHostState, type HostState, type JailState, type ProcessState } from '../host-state.ts';
import { NO_LIMITS } from '../jail-limits.ts';
import { bridgeName, portName } from '../owned-names.ts';
import { describeStep } from '../step.ts';
import { plan } from './plan.ts';
import { BRIDGE_SETTINGS, NETNS_SETTINGS, OWN_PORT_FLAGS, PORT_SETTINGS, settingKey } from './settings.ts';

const AT = '2026-11-22T03:00:00.000Z';
const INSTANCE = '0a1b2c3d';
const uuid = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const NET = uuid(1);
const BRIDGE = bridgeName(INSTANCE, 'netaaa');
const MAC = { web1: '02:00:00:00:00:01', web2: '02:00:00:00:00:02' };

function network(more: Partial<NetworkSpec> = {}): NetworkSpec {
  return {
    kind: 'network',
    id: NET,
    key: 'netaaa',
    name: 'lan',
    cause: uuid(91),
    wanted: 'present',
    parent: null,
    subnets: [{ prefix: '10.0.0.0/24', gateway: '10.0.0.1' }],
    nat: false,
    ...more,
  };
}

function jail(name: 'web1' | 'web2', more: Partial<JailSpec> = {}): JailSpec {
  const n = name === 'web1' ? 1 : 2;
  return {
    kind: 'jail',
    id: uuid(10 + n),
    key: `${name}aaaa`.replace('1', '2').slice(0, 7) + (n === 1 ? 'a' : 'b'),
    name,
    cause: uuid(92),
    wanted: 'running',
    purge: false,
    startNumber: 1,
    settings: {
      hostname: name,
      root: { kind: 'host-usr', ephemeral: false },
      readOnly: false,
      profile: 'daemon',
      view: [],
      devices: [],
      resourceLimits: {},
      command: null,
      environment: {},
      limits: NO_LIMITS,
      dns: [],
      boot: true,
      restart: 'on-failure',
      stopTimeoutMs: 1000,
    },
    interfaces: [
      {
        id: uuid(20 + n),
        key: `if${name}`.replace(/\d/, n === 1 ? 'a' : 'b').slice(0, 6),
        name: 'eth0',
        network: NET,
        mac: MAC[name],
      },
    ],
    ...more,
  };
}

function address(of: JailSpec, text: string, more: Partial<AddressSpec> = {}): AddressSpec {
  return {
    kind: 'address',
    id: uuid(1000 + Number(text.split(/[.:]/).at(-1)) * 10 + Number(of.id.at(-1))),
    cause: uuid(93),
    wanted: 'present',
    jail: of.id,
    interface: of.interfaces[0]?.id ?? '',
    network: NET,
    address: text,
    prefixLength: text.includes(':') ? 64 : 24,
    ...more,
  };
}

const portOf = (of: JailSpec) => portName(INSTANCE, of.interfaces[0]?.key ?? '');

/** The kernel as it is once every jail runs with exactly these addresses. */
function converged(
  jails: { jail: JailSpec; addresses: string[]; process?: JailState['process'] }[],
): HostState {
  const fill = (settings: Readonly<Record<string, string>>, link: string) =>
    Object.fromEntries(Object.entries(settings).map(([key, value]) => [settingKey(key, link), value]));
  const state = emptyHostState(INSTANCE, AT);
  state.guard.installed = true;
  state.bridges = [
    { name: BRIDGE, up: true, addresses: ['10.0.0.1/24'], settings: fill(BRIDGE_SETTINGS, BRIDGE) },
  ];
  for (const { jail: of, addresses, process } of jails) {
    const port = portOf(of);
    const mac = of.interfaces[0]?.mac ?? '';
    const linkLocal = mac.endsWith('1') ? 'fe80::ff:fe00:1' : 'fe80::ff:fe00:2';
    state.guard.ports.push(port);
    for (const one of [linkLocal, ...addresses]) state.guard.addresses.push({ port, mac, address: one });
    state.ports.push({
      name: port,
      up: true,
      master: BRIDGE,
      flags: { ...OWN_PORT_FLAGS },
      settings: fill(PORT_SETTINGS, port),
    });
    state.forwarding.push({ bridge: BRIDGE, port, mac });
    for (const one of addresses) state.neighbours.push({ link: BRIDGE, address: one, mac });
    state.jails.push({
      key: of.key,
      idBase: 1879048192,
      storage: 'safe',
      cgroup: { limits: of.settings.limits },
      netns: {
        settings: { ...NETNS_SETTINGS },
        links: [{ name: 'eth0', mac, up: true }],
        addresses: addresses.map((one) => ({ link: 'eth0', prefix: `${one}/24` })),
        routes: addresses.length > 0 ? [{ destination: 'default4', gateway: '10.0.0.1', link: 'eth0' }] : [],
      },
      process: process ?? {
        state: 'running',
        startNumber: of.startNumber,
        pid: 100,
        startedAt: AT,
        exit: null,
        restarts: 0,
        restartAt: null,
      },
    });
  }
  return state;
}

function kinds(objects: SpecObject[], state: HostState, options = {}): string[] {
  const spec = hostSpec(1, objects);
  const frozenState = structuredClone(state);
  const steps = plan(spec, state, options);
  expect(state, 'the planner changes nothing that it is given').toEqual(frozenState);
  return steps.map((step) => step.kind);
}

const web1 = jail('web1');
const web2 = jail('web2');
const both = [network(), web1, web2];

describe('plan', () => {
  it('is empty when the host is as wanted', () => {
    const state = converged([{ jail: web1, addresses: ['10.0.0.5'] }]);
    expect(kinds([network(), web1, address(web1, '10.0.0.5')], state)).toEqual([]);
  });

  it('finishes what a crash left half made: a group in one hierarchy only, a port that is down', () => {
    const state = converged([{ jail: web1, addresses: [] }]);
    const [group, port] = [state.jails[0]?.cgroup, state.ports[0]];
    if (!group || !port) throw new Error('no group, or no port');
    group.whole = false;
    port.up = false;
    expect(kinds([network(), web1], state)).toEqual(['cgroup.create', 'link.attach']);
  });

  it('closes devices that a group may open and its jail may not, where the host can', () => {
    const state = converged([{ jail: web1, addresses: ['10.0.0.5'] }]);
    const seen = (devices: string[] | null | undefined) => {
      const [jail] = state.jails;
      if (jail?.cgroup) jail.cgroup.devices = devices;
      return kinds([network(), web1, address(web1, '10.0.0.5')], state);
    };
    expect(seen([])).toEqual([]);
    expect(seen(undefined)).toEqual([]);
    expect(seen(null)).toEqual(['cgroup.devices']);
    expect(seen(['kmsg'])).toEqual(['cgroup.devices']);
  });

  it('starts a jail on an empty host: guard before link before address before process', () => {
    const order = kinds([network(), web1, address(web1, '10.0.0.5')], emptyHostState(INSTANCE, AT));
    const at = (kind: string) => order.indexOf(kind);
    expect(at('guard.install')).toBe(0);
    expect(order.filter((kind) => kind === 'guard.address.add')).toHaveLength(2);
    const sequence = [
      'guard.install',
      'bridge.create',
      'ids.claim',
      'storage.create',
      'cgroup.create',
      'cgroup.devices',
      'netns.create',
      'guard.port.add',
      'link.create',
      'link.flags',
      'link.up',
      'address.add',
      'route.add',
      'process.start',
    ];
    expect(sequence.map(at)).toEqual(sequence.map(at).toSorted((a, b) => a - b));
    expect(sequence.every((kind) => at(kind) >= 0)).toBe(true);
    expect(order.lastIndexOf('guard.address.add')).toBeLessThan(at('link.create'));
    expect(order.at(-1)).toBe('process.start');
  });

  it.each([
    {
      name: 'assigns a second address to a running jail without touching its process',
      objects: [network(), web1, address(web1, '10.0.0.5'), address(web1, '10.0.0.6')],
      state: converged([{ jail: web1, addresses: ['10.0.0.5'] }]),
      steps: ['guard.address.add', 'address.add', 'neighbour.add'],
    },
    {
      name: 'releases an address: it may no longer send before it is gone',
      objects: [network(), web1, address(web1, '10.0.0.5'), address(web1, '10.0.0.6', { wanted: 'absent' })],
      state: converged([{ jail: web1, addresses: ['10.0.0.5', '10.0.0.6'] }]),
      steps: ['guard.address.remove', 'address.remove', 'neighbour.remove'],
    },
    {
      name: 'puts the default route back that goes with the last v4 address',
      objects: [network(), web1, address(web1, '10.0.0.5', { wanted: 'absent' }), address(web1, '10.0.0.6')],
      state: converged([{ jail: web1, addresses: ['10.0.0.5'] }]),
      steps: [
        'guard.address.remove',
        'address.remove',
        'neighbour.remove',
        'guard.address.add',
        'address.add',
        'neighbour.add',
        'route.add',
      ],
    },
    {
      name: 'moves an address: gone from one jail before it is in the other, the bridge entry replaced once',
      objects: [
        ...both,
        address(web1, '10.0.0.5', { wanted: 'absent' }),
        address(web2, '10.0.0.5'),
        address(web1, '10.0.0.8'),
        address(web2, '10.0.0.9'),
      ],
      state: converged([
        { jail: web1, addresses: ['10.0.0.5', '10.0.0.8'] },
        { jail: web2, addresses: ['10.0.0.9'] },
      ]),
      steps: ['guard.address.remove', 'address.remove', 'guard.address.add', 'address.add', 'neighbour.add'],
    },
    {
      name: 'stops a jail: the guard goes after the link',
      objects: [network(), { ...web1, wanted: 'stopped' as const }, address(web1, '10.0.0.5')],
      state: converged([{ jail: web1, addresses: ['10.0.0.5'] }]),
      steps: [
        'process.stop',
        'netns.remove',
        'link.remove',
        'guard.address.remove',
        'guard.address.remove',
        'guard.port.remove',
        'neighbour.remove',
        'cgroup.remove',
      ],
    },
    {
      name: 'destroys and purges',
      objects: [network(), { ...web1, wanted: 'destroyed' as const, purge: true }],
      state: converged([{ jail: web1, addresses: [] }]),
      steps: [
        'process.stop',
        'netns.remove',
        'link.remove',
        'guard.address.remove',
        'guard.port.remove',
        'cgroup.remove',
        'storage.remove',
        'ids.release',
      ],
    },
    {
      name: 'restarts on another start number, network untouched',
      objects: [network(), { ...web1, startNumber: 2 }, address(web1, '10.0.0.5')],
      state: converged([{ jail: web1, addresses: ['10.0.0.5'] }]),
      steps: ['process.stop', 'process.start'],
    },
    {
      name: 'removes a network with its last jail',
      objects: [network({ wanted: 'absent' }), { ...web1, wanted: 'destroyed' as const }],
      state: converged([{ jail: web1, addresses: [] }]),
      steps: [
        'process.stop',
        'netns.remove',
        'link.remove',
        'guard.address.remove',
        'guard.port.remove',
        'cgroup.remove',
        'ids.release',
        'bridge.remove',
      ],
    },
    {
      name: 'never touches the addresses of a parent, and keeps no tables on it',
      objects: [network({ parent: 'br0' }), web1, address(web1, '10.0.0.5')],
      state: (() => {
        const state = converged([{ jail: web1, addresses: [] }]);
        state.bridges = [];
        state.forwarding = [];
        for (const port of state.ports) port.master = 'br0';
        for (const port of state.ports) if (port.flags) port.flags.isolated = false;
        return state;
      })(),
      steps: ['guard.address.add', 'address.add', 'route.add'],
    },
  ])('$name', ({ objects, state, steps }) => {
    expect(kinds(objects, state)).toEqual(steps);
  });

  it('leaves refused objects as they are', () => {
    const state = converged([{ jail: web1, addresses: ['10.0.0.5'] }]);
    const stop = { ...web1, wanted: 'stopped' as const };
    expect(kinds([network(), stop], state, { frozen: new Set([specKey(web1)]) })).toEqual([]);
  });

  it('gives nobody an address that a jail keeps which must not be touched', () => {
    const state = converged([
      { jail: web1, addresses: ['10.0.0.5'] },
      { jail: web2, addresses: [] },
    ]);
    const given = address(web2, '10.0.0.5');
    const moved = [...both, address(web1, '10.0.0.5', { wanted: 'absent' }), given];
    const toWeb2 = (objects: SpecObject[], options = {}) =>
      plan(hostSpec(1, objects), state, options).filter(
        (step) => step.object === specKey(given) && step.kind.endsWith('.add'),
      );
    expect(toWeb2(moved).map(({ kind }) => kind)).toContain('guard.address.add');
    expect(toWeb2(moved, { frozen: new Set([specKey(web1)]) })).toEqual([]);
    // A jail that runs and that nobody names keeps what it has.
    expect(toWeb2([network(), web2, given])).toEqual([]);
    expect(toWeb2([network(), web2, given], { incomplete: true })).toEqual([]);
  });

  it('removes plumbing that nobody names, unless the spec is incomplete or a jail runs in it', () => {
    const state = converged([{ jail: web1, addresses: [] }]);
    expect(kinds([network()], state)).toEqual([]);
    const first = state.jails[0];
    if (first?.process) first.process.state = 'exited';
    expect(kinds([network()], state)).toContain('link.remove');
    expect(kinds([network()], state)).not.toContain('storage.remove');
    expect(kinds([network()], state, { incomplete: true })).toEqual([]);
  });

  it('waits for the restart policy, then starts; takes the jail down when the policy gives up', () => {
    const ended = (restartAt: string | null) =>
      converged([
        {
          jail: web1,
          addresses: [],
          process: {
            state: 'exited',
            startNumber: 1,
            pid: null,
            startedAt: AT,
            exit: { code: 1, signal: null, at: AT },
            restarts: 1,
            restartAt,
          },
        },
      ]);
    expect(kinds([network(), web1], ended('2026-11-22T03:00:01.000Z'))).toEqual([]);
    expect(kinds([network(), web1], ended(AT))).toEqual(['process.start']);
    expect(kinds([network(), web1], ended(null))).toContain('link.remove');
  });

  it('asks for masquerading and forwarding only when a network wants out and the bounds allow it', () => {
    const state = converged([]);
    state.hostSettings = [{ key: 'ipv4.conf.all.forwarding', value: '0', mayChange: true }];
    expect(kinds([network({ nat: true })], state)).toEqual(['host-setting.set', 'nat.install', 'nat.add']);
    state.hostSettings = [{ key: 'ipv4.conf.all.forwarding', value: '0', mayChange: false }];
    expect(kinds([network({ nat: true })], state)).toEqual(['nat.install', 'nat.add']);
  });

  it('hides processes where the bounds name it, whatever is wanted, and shows them to nobody again', () => {
    const state = converged([]);
    const stepsAt = (value: string, mayChange = true) => {
      state.hostSettings = [{ key: 'proc.hidepid', value, mayChange }];
      return plan(hostSpec(1, []), state);
    };
    expect(stepsAt('off')).toEqual([
      {
        kind: 'host-setting.set',
        object: 'host-setting/proc.hidepid',
        cause: null,
        key: 'proc.hidepid',
        value: 'invisible',
      },
    ]);
    expect(stepsAt('off').map(describeStep)).toEqual(['set proc.hidepid to invisible on the host']);
    expect(stepsAt('noaccess')).toHaveLength(1);
    for (const hidden of ['invisible', 'ptraceable', '2']) expect(stepsAt(hidden)).toEqual([]);
    expect(stepsAt('off', false)).toEqual([]);
    expect(stepsAt('invisible', false)).toEqual([]);
    state.hostSettings = [];
    expect(plan(hostSpec(1, []), state)).toEqual([]);
  });

  describe('limits of the processes of a jail that runs', () => {
    const limited = (limits: JailSpec['settings']['resourceLimits']): JailSpec => ({
      ...web1,
      settings: { ...web1.settings, resourceLimits: limits },
    });
    const seen = (resourceLimits: ProcessState['resourceLimits'], raisesLimits = true) => {
      const state = converged([{ jail: web1, addresses: [] }]);
      const process = state.jails[0]?.process;
      if (process && resourceLimits !== undefined) process.resourceLimits = resourceLimits;
      return { ...state, raisesLimits };
    };
    const steps = (jail: JailSpec, state: HostState) => kinds([network(), jail], state);

    it('are changed when they differ, and once', () => {
      expect(steps(limited({ nofile: 64 }), seen({}))).toEqual(['process.limits']);
      expect(steps(limited({ nofile: 64 }), seen({ nofile: 64 }))).toEqual([]);
      expect(steps(limited({}), seen({ nofile: 64 }))).toEqual(['process.limits']);
      const [step] = plan(hostSpec(1, [network(), limited({ nofile: 64, core: 0 })]), seen({}));
      expect(step && describeStep(step)).toBe(
        'limit every process of jail web1 to nofile 64, core 0, while it runs',
      );
    });

    it('wait as a whole for the next start where one of them would have to be raised, and cannot', () => {
      expect(steps(limited({ nofile: 128, core: 0 }), seen({ nofile: 64 }, false))).toEqual([]);
      expect(steps(limited({}), seen({ nofile: 64 }, false))).toEqual([]);
      expect(steps(limited({ nofile: 32 }), seen({ nofile: 64 }, false))).toEqual(['process.limits']);
      const restarted = { ...limited({ nofile: 128 }), startNumber: 2 };
      expect(steps(restarted, seen({ nofile: 64 }, false))).toEqual(['process.stop', 'process.start']);
    });

    it('that a change has not reached all of are set again, whatever the host may', () => {
      expect(steps(limited({ nofile: 64 }), seen(null))).toEqual(['process.limits']);
      expect(steps(limited({}), seen(null, false))).toEqual(['process.limits']);
    });

    it('are left alone by an agent that does not say what they are, and when the jail is stopped', () => {
      expect(steps(limited({ nofile: 64 }), seen(undefined))).toEqual([]);
      const stopped = { ...limited({ nofile: 64 }), wanted: 'stopped' as const };
      expect(steps(stopped, seen({}))).not.toContain('process.limits');
    });
  });

  it('carries the event that wanted each step', () => {
    const steps = plan(
      hostSpec(1, [network(), web1, address(web1, '10.0.0.6', { wanted: 'absent', cause: uuid(77) })]),
      converged([{ jail: web1, addresses: ['10.0.0.6'] }]),
    );
    expect(steps.map((step) => step.cause)).toEqual([uuid(92), uuid(77), uuid(77), uuid(77)]);
    expect(steps.map(describeStep)).toEqual([
      'remove default route (v4) through 10.0.0.1 on eth0 from jail web1',
      `no longer let port ${portOf(web1)} of jail web1 send from 10.0.0.6`,
      'remove address 10.0.0.6/24 from eth0 of jail web1',
      `no longer answer for 10.0.0.6 on ${BRIDGE}`,
    ]);
  });
});

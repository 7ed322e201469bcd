import { Bounds } from '@cellblock/shared/bounds';
import { type HostSpec, hostSpec, type SpecObject } from '@cellblock/shared/host-spec';
import { emptyHostState, type HostState } from '@cellblock/shared/host-state';
import type { HostFacts } from '@cellblock/shared/host-status';
import { bridgeName, portName } from '@cellblock/shared/owned-names';
import { plan } from '@cellblock/shared/plan/plan';
import { expect, test } from 'vitest';
import { addressSpec, interfaceSpec, jailSpec, networkSpec } from '../../test/spec-builders.ts';
import { addressSteps, specAround } from './address-change.ts';

const lan = networkSpec(1);
const [first, second] = [1, 2].map((n) => jailSpec(n, { interfaces: [interfaceSpec(n, lan)] }));
if (!first || !second) throw new Error('no jails');
const own = addressSpec(1, first, '10.77.1.11');
const added = addressSpec(2, first, '10.77.1.12');
const others = [addressSpec(3, second, '10.77.1.13')];
const facts = { routes: [], addresses: [], bridges: [] } as unknown as HostFacts;

/** A host on which everything is as `spec` wants it: what each step of its plan makes is there. */
function made(spec: HostSpec): HostState {
  const state = emptyHostState('abcdef12', '2026-01-01T00:00:00Z');
  const jails = [first, second].flatMap((jail) => (jail ? [jail] : []));
  for (const jail of jails)
    state.jails.push({
      key: jail.key,
      idBase: 1,
      storage: 'safe',
      cgroup: { limits: jail.settings.limits, whole: true } as never,
      netns: { settings: {}, links: [], addresses: [], routes: [] },
      process: {
        state: 'running',
        startNumber: 1,
        pid: 1,
        startedAt: state.at,
        exit: null,
        restarts: 0,
        restartAt: null,
      },
    });
  state.guard.installed = true;
  for (const step of plan(spec, state)) {
    const jail = 'jail' in step ? state.jails.find(({ key }) => key === step.jail) : undefined;
    const netns = jail?.netns;
    const port = () => state.ports.find(({ name }) => 'port' in step && name === step.port);
    if (step.kind === 'bridge.create')
      state.bridges.push({ name: step.bridge, up: true, addresses: [], settings: {} });
    if (step.kind === 'bridge.setting')
      Object.assign(state.bridges[0]?.settings ?? {}, { [step.key]: step.value });
    if (step.kind === 'bridge.address.add') state.bridges[0]?.addresses.push(step.prefix);
    if (step.kind === 'guard.port.add') state.guard.ports.push(step.port);
    if (step.kind === 'guard.address.add')
      state.guard.addresses.push({ port: step.port, mac: step.mac, address: step.address });
    if (step.kind === 'netns.setting') Object.assign(netns?.settings ?? {}, { [step.key]: step.value });
    if (step.kind === 'link.create') {
      state.ports.push({ name: step.port, up: true, master: step.bridge, flags: null, settings: {} });
      netns?.links.push({ name: step.link, mac: step.mac, up: true });
    }
    if (step.kind === 'link.flags') Object.assign(port() ?? {}, { flags: step.flags });
    if (step.kind === 'link.setting')
      Object.assign(state.ports.at(-1)?.settings ?? {}, { [step.key]: step.value });
    if (step.kind === 'forwarding.add')
      state.forwarding.push({ bridge: bridgeName(state.instance, lan.key), port: step.port, mac: step.mac });
    if (step.kind === 'neighbour.add')
      state.neighbours.push({ link: step.bridge, address: step.address, mac: step.mac });
    if (step.kind === 'address.add') netns?.addresses.push({ link: step.link, prefix: step.prefix });
    if (step.kind === 'route.add')
      netns?.routes.push({ destination: step.destination, gateway: step.gateway, link: step.link });
  }
  return state;
}

const before = hostSpec(1, [lan, first, second, own, ...others]);
function stepsOf(objects: SpecObject[], state = made(before), key = first?.key ?? '') {
  const spec = hostSpec(2, objects);
  const around = specAround(spec, new Set([key]));
  return addressSteps({ spec, around, state, bounds: Bounds.parse({}), facts });
}

test('an address for a running jail is planned from what was seen last, exactly as a whole pass plans it', () => {
  const objects = [lan, first, second, own, ...others, added];
  const steps = stepsOf(objects);
  expect(steps?.map(({ kind }) => kind)).toEqual(['guard.address.add', 'address.add', 'neighbour.add']);
  expect(steps).toEqual(plan(hostSpec(2, objects), made(before)));
});

test('an address that is taken is planned the same way, and nothing else is', () => {
  const objects = [lan, first, second, { ...own, wanted: 'absent' as const }, ...others, added];
  const state = made(hostSpec(1, [lan, first, second, own, added, ...others]));
  const steps = stepsOf(objects, state);
  expect(steps?.[0]).toMatchObject({ kind: 'guard.address.remove', address: own.address });
  expect(steps).toEqual(plan(hostSpec(2, objects), state));
});

test('whatever needs more than that is left to the pass that looks first', () => {
  const twice = addressSpec(9, first, others[0]?.address ?? '');
  expect(stepsOf([lan, first, second, own, ...others, twice]), 'another jail has it').toBeNull();
  const stopped = { ...first, wanted: 'stopped' as const };
  expect(stepsOf([lan, stopped, second, own, ...others]), 'the jail is to stop').toBeNull();
  const outside = addressSpec(9, first, '10.99.0.1');
  expect(stepsOf([lan, first, second, own, ...others, outside]), 'it is to be refused').toBeNull();
  const ended = made(before);
  const process = ended.jails.find(({ key }) => key === first.key)?.process;
  if (process) process.state = 'exited';
  expect(stepsOf([lan, first, second, own, ...others, added], ended), 'it does not run').toBeNull();
  const bare = made(before);
  bare.ports = bare.ports.filter(
    ({ name }) => name !== portName(bare.instance, first.interfaces[0]?.key ?? ''),
  );
  expect(stepsOf([lan, first, second, own, ...others, added], bare), 'its link has gone').toBeNull();
});

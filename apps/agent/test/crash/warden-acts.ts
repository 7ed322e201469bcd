import { randomUUID } from 'node:crypto';
import type { SpecObject } from '@cellblock/shared/host-spec';
import { NO_LIMITS } from '@cellblock/shared/jail-limits';
import { addressSpec, interfaceSpec, jailSpec, networkSpec } from '../spec-builders.ts';

export const SEGMENT = 'br-site';

/** Says that it is up, and ends at once when it is asked to. */
const PROGRAM = ['/usr/bin/perl', '-e', '$| = 1; $SIG{TERM} = sub { exit 0 }; print "up\n"; sleep 1 while 1'];

export type Wish = (o: { at: number }) => SpecObject[];

export const lan = networkSpec(1, { nat: true });
const other = networkSpec(2, { nat: true });
const segment = networkSpec(3, { parent: SEGMENT });

/** Runs through all of it, and nothing may ever happen to it. */
export const steady = jailSpec(1, {
  interfaces: [interfaceSpec(1, lan)],
  settings: { command: PROGRAM, limits: { ...NO_LIMITS, pids: 100 } },
});
const target = jailSpec(2, {
  interfaces: [interfaceSpec(2, lan), interfaceSpec(3, segment, 'eth1')],
  settings: { command: PROGRAM, limits: { ...NO_LIMITS, memory: 64 * 1024 * 1024, cpus: 0.5, pids: 50 } },
});
/** Of a jail that runs: nothing of it is told anew. */
const limited = { ...target, settings: { ...target.settings, resourceLimits: { nofile: 512, core: 0 } } };
const fixed = [addressSpec(1, steady, '10.77.1.5'), addressSpec(2, steady, 'fd77:0:0:1::5')];
const onSegment = {
  ...addressSpec(3, target, '10.77.3.9'),
  interface: target.interfaces[1]?.id ?? '',
  network: segment.id,
};
const always: SpecObject[] = [lan, segment, steady, ...fixed];

const moving = (id: number, jail: typeof steady) => [
  addressSpec(id, jail, '10.77.1.9'),
  addressSpec(id + 1, jail, 'fd77:0:0:1::9'),
];
const absent = (objects: ReturnType<typeof moving>) =>
  objects.map((object) => ({ ...object, wanted: 'absent' as const }));

/** An event of its own for everything that an act wants, as a dashboard records it. */
function because(objects: SpecObject[]): SpecObject[] {
  const cause = randomUUID();
  return objects.map((object) => ({ ...object, cause }));
}

/**
 * What the warden is told one after the other; the last one leads back to the first. Every kind of act is
 * there: create, limit, assign, move, release, stop, start, destroy, and a network that comes and goes.
 */
export const ACTS = [
  'create',
  'limit',
  'assign',
  'move away',
  'move back',
  'release',
  'stop',
  'start',
  'destroy',
  'make a network',
  'remove a network',
] as const;
export type ActName = (typeof ACTS)[number];

const ADDRESSES = ['assign', 'move away', 'move back', 'release'] as const;
const STOPS = ['stop', 'start'] as const;
const NETWORKS = ['make a network', 'remove a network'] as const;

/** The acts that need this one: what is made is removed again, and there is a jail to act on. */
export function neededFor(act: ActName | OtherAct): readonly (ActName | OtherAct)[] {
  // A limit shows in what every later act is compared with.
  if (act === 'create' || act === 'limit' || act === 'destroy')
    return ['create', 'limit', ...ADDRESSES, ...STOPS, 'destroy'];
  const groups: readonly (readonly (ActName | OtherAct)[])[] = [ADDRESSES, STOPS, NETWORKS];
  return groups.find((group) => group.includes(act)) ?? [act];
}

/** What is not told by a spec: each leaves everything as it was. */
export const OTHER_ACTS = ['connect', 'account', 'hold', 'repair'] as const;
export type OtherAct = (typeof OTHER_ACTS)[number];

export const START: SpecObject[] = because(always);

/** What is wanted after the act; `before`: what was wanted until then. */
export function afterAct(act: ActName, before: SpecObject[]): SpecObject[] {
  const kept = before.filter(
    (object) => always.some(({ id }) => id === object.id) || ('wanted' in object && isWanted(object)),
  );
  const without = (objects: SpecObject[]) =>
    kept.filter((object) => !objects.some(({ id }) => id === object.id));
  const put = (...objects: SpecObject[]) => [...without(objects), ...because(objects)];
  switch (act) {
    case 'create':
      return put(target);
    case 'limit':
      return put(limited);
    case 'assign':
      return put(onSegment, ...moving(10, target));
    case 'move away':
      return put(...absent(moving(10, target)), ...moving(20, steady));
    case 'move back':
      return put(...absent(moving(20, steady)), ...moving(30, target));
    case 'release':
      return put({ ...onSegment, wanted: 'absent' }, ...absent(moving(30, target)));
    case 'stop':
      return put({ ...target, wanted: 'stopped' });
    case 'start':
      return put({ ...target, startNumber: 2 });
    case 'destroy':
      return put({ ...target, wanted: 'destroyed', purge: true });
    case 'make a network':
      return put(other);
    case 'remove a network':
      return put({ ...other, wanted: 'absent' });
  }
}

function isWanted(object: SpecObject): boolean {
  return object.wanted !== 'absent' && object.wanted !== 'destroyed';
}

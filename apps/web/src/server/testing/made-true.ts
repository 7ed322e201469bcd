import type { AddressSpec, JailSpec, SpecObject } from '@cellblock/shared/host-spec';
import type { HostStatus } from '@cellblock/shared/host-status';

/** Each audit event that wants something of these objects, with one object that it names. */
export function causesOf(objects: ReadonlyMap<string, SpecObject>): { cause: string; key: string }[] {
  return [...objects].map(([key, { cause }]) => ({ cause, key }));
}

/** How jails are reported by a host on which they are as they were wanted. */
export function jailsSeen(objects: readonly SpecObject[], at: string): HostStatus['jails'] {
  return objects.filter(isJail).map((jail) => ({
    id: jail.id,
    key: jail.key,
    name: jail.name,
    state: jail.wanted,
    startNumber: jail.startNumber,
    startedAt: jail.wanted === 'running' ? at : null,
    pid: jail.wanted === 'running' ? 4711 : null,
    exit: null,
    restarts: 0,
    nextRestartAt: null,
    idBase: 1879048192,
    usage: jail.wanted === 'running' ? { memoryBytes: 5_000_000, cpuSeconds: 0.1, pids: 1 } : null,
    hold: null,
    hasStorage: !(jail.wanted === 'destroyed' && jail.purge),
  }));
}

/** Addresses of running jails are present, those of stopped ones wait. */
export function addressesSeen(objects: readonly SpecObject[]): HostStatus['addresses'] {
  const running = new Set(
    objects.filter(isJail).flatMap(({ id, wanted }) => (wanted === 'running' ? [id] : [])),
  );
  return objects
    .filter((object): object is AddressSpec => object.kind === 'address')
    .map(({ id, address, jail, wanted }) => ({
      id,
      address,
      jail,
      state: wanted === 'absent' ? 'absent' : running.has(jail) ? 'present' : 'waiting',
    }));
}

const isJail = (object: SpecObject): object is JailSpec => object.kind === 'jail';

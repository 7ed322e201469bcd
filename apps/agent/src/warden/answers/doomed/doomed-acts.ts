import { randomUUID } from 'node:crypto';
import type { AddressSpec, JailSpec, NetworkSpec, SpecObject } from '@cellblock/shared/host-spec';
import type { HostStatus } from '@cellblock/shared/host-status';
import { JailSettings } from '@cellblock/shared/jail-spec';

/** What the agent is killed in; the last one leads back to the first. */
export const DOOMED_ACTS = ['create', 'start', 'move', 'delete'] as const;
export type DoomedAct = (typeof DOOMED_ACTS)[number];

const ADDRESS = '192.0.2.9';

const lan: NetworkSpec = {
  kind: 'network',
  id: randomUUID(),
  key: 'doomed',
  name: 'doomed',
  cause: randomUUID(),
  wanted: 'present',
  parent: null,
  subnets: [{ prefix: '192.0.2.0/24', gateway: '192.0.2.1' }],
  nat: false,
};

function jail(n: number): JailSpec {
  const key = 'ab'[n] ?? 'c';
  return {
    kind: 'jail',
    id: randomUUID(),
    key: `doomed${key}${key}`,
    name: `doomed-${key}`,
    cause: randomUUID(),
    wanted: 'running',
    purge: false,
    startNumber: 1,
    settings: JailSettings.parse({
      hostname: `doomed-${key}`,
      root: { kind: 'host-usr', ephemeral: false },
      limits: { pids: 20 },
      stopTimeoutMs: 0,
    }),
    interfaces: [
      {
        id: randomUUID(),
        key: `door${key}${key}`,
        name: 'eth0',
        network: lan.id,
        mac: `02:77:00:00:00:0${n}`,
      },
    ],
  };
}

/** Runs through all of it, and nothing may ever happen to it. */
export const steady = jail(1);
const target = jail(0);

function address(holder: JailSpec): AddressSpec {
  return {
    kind: 'address',
    id: randomUUID(),
    cause: randomUUID(),
    wanted: 'present',
    jail: holder.id,
    interface: holder.interfaces[0]?.id ?? '',
    network: lan.id,
    address: ADDRESS,
    prefixLength: 24,
  };
}
const [atTarget, atSteady] = [address(target), address(steady)];

/** Before the first act, and after the last when its host has confirmed what is gone. */
export const ALWAYS: readonly SpecObject[] = [lan, steady];

/** What is wanted by an act, whose cause the objects that it changes carry. */
export function wantedBy(act: DoomedAct, cause: string): readonly SpecObject[] {
  const gone = { wanted: 'absent' as const };
  switch (act) {
    case 'create':
      return [...ALWAYS, { ...target, cause, wanted: 'stopped' }];
    case 'start':
      return [...ALWAYS, { ...target, cause }, { ...atTarget, cause }];
    case 'move':
      return [...ALWAYS, target, { ...atTarget, cause, ...gone }, { ...atSteady, cause }];
    case 'delete':
      return [
        ...ALWAYS,
        { ...target, cause, wanted: 'destroyed', purge: true },
        { ...atSteady, cause, ...gone },
      ];
  }
}

/** Whether the host reports all that is wanted, and has nothing open. */
export function isTrue(wanted: readonly SpecObject[], generation: number, status: HostStatus): boolean {
  const { accepted, converged, problems, refused, jails, addresses } = status;
  if (accepted !== generation || converged !== generation) return false;
  if (problems.length > 0 || refused.length > 0) return false;
  return wanted.every((object) => {
    if (object.kind === 'network') return true;
    const seen = (object.kind === 'jail' ? jails : addresses).find(({ id }) => id === object.id);
    return seen?.state === object.wanted;
  });
}

import type { HostState, JailState } from '../host-state.ts';

/** A host's state with what is asked of every jail and every address found by its name, not by looking through
 *  all: a plan for a thousand jails asks ten thousand times. */
export interface SeenState extends HostState {
  jailByKey: ReadonlyMap<string, JailState>;
  portByName: ReadonlyMap<string, HostState['ports'][number]>;
  guardedPorts: ReadonlySet<string>;
  /** by port: what it may send */
  judged: ReadonlyMap<string, HostState['guard']['addresses']>;
  /** `PORT MAC` */
  forwarded: ReadonlySet<string>;
  /** `LINK ADDRESS MAC` */
  answered: ReadonlySet<string>;
}

export function seenState(state: HostState): SeenState {
  return {
    ...state,
    jailByKey: new Map(state.jails.map((jail) => [jail.key, jail])),
    portByName: new Map(state.ports.map((port) => [port.name, port])),
    guardedPorts: new Set(state.guard.ports),
    judged: Map.groupBy(state.guard.addresses, ({ port }) => port),
    forwarded: new Set(state.forwarding.map(({ port, mac }) => `${port} ${mac}`)),
    answered: new Set(state.neighbours.map(({ link, address, mac }) => `${link} ${address} ${mac}`)),
  };
}

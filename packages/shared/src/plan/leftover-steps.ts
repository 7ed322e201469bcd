import { type HostSpec, jailsOf } from '../host-spec.ts';
import type { HostState } from '../host-state.ts';
import { portName } from '../owned-names.ts';
import type { Step } from '../step.ts';

/**
 * Plumbing with our mark that no object of the spec names: nobody's wish, so it goes (decision 1). A running
 * jail that nobody names is never touched, nor any port while one runs, for a port does not say whose it is.
 * Storage is never taken here.
 */
export function leftoverSteps(spec: HostSpec, state: HostState): Step[] {
  const known = jailsOf(spec);
  const keys = new Set(known.map((jail) => jail.key));
  const strangers = state.jails.filter((jail) => !keys.has(jail.key));
  if (strangers.some((jail) => jail.process?.state === 'running')) return [];

  const ports = new Set(
    known.flatMap((jail) => jail.interfaces.map((inside) => portName(state.instance, inside.key))),
  );
  const of = (jail: string) => ({ object: 'host', cause: null, jail, name: jail });
  const links = state.ports
    .filter((port) => !ports.has(port.name))
    .map((port): Step => ({ kind: 'link.remove', ...of(''), port: port.name }));
  const namespaces = strangers
    .filter((jail) => jail.netns)
    .map((jail): Step => ({ kind: 'netns.remove', ...of(jail.key) }));
  const judged = state.guard.addresses
    .filter((entry) => !ports.has(entry.port))
    .map((entry): Step => ({ kind: 'guard.address.remove', ...of(''), ...entry }));
  const guarded = state.guard.ports
    .filter((port) => !ports.has(port))
    .map((port): Step => ({ kind: 'guard.port.remove', ...of(''), port }));
  const groups = strangers
    .filter((jail) => jail.cgroup)
    .map((jail): Step => ({ kind: 'cgroup.remove', ...of(jail.key) }));
  const ids = strangers
    .filter((jail) => jail.idBase !== null)
    .map((jail): Step => ({ kind: 'ids.release', ...of(jail.key) }));
  return [...links, ...namespaces, ...judged, ...guarded, ...groups, ...ids];
}

import { createHash } from 'node:crypto';

/**
 * How kernel objects of one agent are called. Every name carries the agent's instance id, so that what is
 * ours is recognised without memory and a second agent on the same kernel is never touched.
 */

/** Bridge of a network: `b`, instance, key of the network (15 characters, IFNAMSIZ's limit). */
export function bridgeName(instance: string, networkKey: string): string {
  return `b${instance}${networkKey}`;
}

/** Host end of an interface's veth pair: `v`, instance, key of the interface. */
export function portName(instance: string, interfaceKey: string): string {
  return `v${instance}${interfaceKey}`;
}

/**
 * Hardware address of an interface's host end, from the jail's own. A bridge takes its lowest port's address:
 * this one is higher than a real link's, so that a bridge of the administrator's keeps the one it has.
 */
export function portMac(jailMac: string): string {
  return `fe:${jailMac.slice(3)}`;
}

/** A bridge without a MAC of its own takes its lowest port's, and changes it as jails come and go. */
export function bridgeMac(instance: string, networkKey: string): string {
  const digest = createHash('sha256').update(`bridge ${instance} ${networkKey}`).digest('hex');
  return `02:${(digest.slice(0, 10).match(/../g) ?? []).join(':')}`;
}

/** Table of the guard (family bridge) and of the masquerading (family inet). */
export function nftTableName(instance: string): string {
  return `cellblock_${instance}`;
}

/** Parent of all control groups of this agent, in every hierarchy. */
export function cgroupParent(instance: string): string {
  return `cellblock-${instance}`;
}

export function cgroupName(instance: string, jailKey: string): string {
  return `${cgroupParent(instance)}/${jailKey}`;
}

/** Where the network namespaces of this agent's jails are pinned. */
export function netnsDirectory(instance: string): string {
  return `/run/cellblock/${instance}/netns`;
}

export function netnsPath(instance: string, jailKey: string): string {
  return `${netnsDirectory(instance)}/${jailKey}`;
}

import * as z from 'zod';
import { JailSettings } from './jail-spec.ts';

/** The audit event that wanted a thing; steps and receipts copy it. */
export const Cause = z.uuid();

const Mac = z.string().regex(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
/** Eight characters that stand for a jail in paths and kernel names, so that no name leaks through them. */
export const JailKey = z.string().regex(/^[a-z2-7]{8}$/);
/** Six characters that stand for a network or an interface in link names. */
export const LinkKey = z.string().regex(/^[a-z2-7]{6}$/);

/**
 * An object stays in the spec, wanted `absent` or `destroyed` and with the cause of its removal, until the
 * host has confirmed that it is gone. So a removal carries its cause however late it arrives.
 */
export const NetworkSpec = z.object({
  kind: z.literal('network'),
  id: z.uuid(),
  key: LinkKey,
  name: z.string(),
  cause: Cause,
  wanted: z.enum(['present', 'absent']),
  /** A bridge that the administrator made; null: one of our own. */
  parent: z.string().max(15).nullable(),
  subnets: z.array(z.object({ prefix: z.string(), gateway: z.string().nullable() })).min(1),
  nat: z.boolean(),
});
export type NetworkSpec = z.infer<typeof NetworkSpec>;

export const InterfaceSpec = z.object({
  id: z.uuid(),
  key: LinkKey,
  /** name inside the jail: eth0 */
  name: z.string().regex(/^[a-z][a-z0-9]{0,14}$/),
  network: z.uuid(),
  mac: Mac,
});
export type InterfaceSpec = z.infer<typeof InterfaceSpec>;

export const JailSpec = z.object({
  kind: z.literal('jail'),
  id: z.uuid(),
  key: JailKey,
  name: z.string(),
  cause: Cause,
  /** destroyed: stopped, and its storage removed when `purge` says so */
  wanted: z.enum(['running', 'stopped', 'destroyed']),
  purge: z.boolean(),
  /** Raised by every start and restart; a running jail with a lower number is started anew. */
  startNumber: z.int().min(0),
  settings: JailSettings,
  interfaces: z.array(InterfaceSpec),
});
export type JailSpec = z.infer<typeof JailSpec>;

/** One assignment (`ip_assignment` row) as the host should make it true. */
export const AddressSpec = z.object({
  kind: z.literal('address'),
  id: z.uuid(),
  cause: Cause,
  wanted: z.enum(['present', 'absent']),
  jail: z.uuid(),
  interface: z.uuid(),
  network: z.uuid(),
  address: z.string(),
  prefixLength: z.int().min(0).max(128),
});
export type AddressSpec = z.infer<typeof AddressSpec>;

export const SpecObject = z.discriminatedUnion('kind', [NetworkSpec, JailSpec, AddressSpec]);
export type SpecObject = z.infer<typeof SpecObject>;

/** `network/UUID`, `jail/UUID`, `address/UUID` */
export type SpecKey = `${SpecObject['kind']}/${string}`;

export function specKey(object: Pick<SpecObject, 'kind' | 'id'>): SpecKey {
  return `${object.kind}/${object.id}`;
}

/** What a host should be at a generation: every object by its key. */
export interface HostSpec {
  generation: number;
  objects: ReadonlyMap<SpecKey, SpecObject>;
}

export function hostSpec(generation: number, objects: Iterable<SpecObject>): HostSpec {
  return { generation, objects: new Map([...objects].map((object) => [specKey(object), object])) };
}

export function networksOf(spec: HostSpec): NetworkSpec[] {
  return [...spec.objects.values()].filter((object) => object.kind === 'network');
}
export function jailsOf(spec: HostSpec): JailSpec[] {
  return [...spec.objects.values()].filter((object) => object.kind === 'jail');
}
export function addressesOf(spec: HostSpec): AddressSpec[] {
  return [...spec.objects.values()].filter((object) => object.kind === 'address');
}

/**
 * The one write call to an agent: the difference between generation `base` and `generation`.
 * `base: null` sends everything. `digest` is specDigest() of the result; the agent answers `resync` when
 * its base is another one or the digest differs, and is then sent all of it.
 */
export const SpecPut = z.object({
  dashboard: z.uuid(),
  /** Changes when the dashboard's database was replaced or restored. */
  epoch: z.uuid(),
  generation: z.int().min(0),
  base: z.int().min(0).nullable(),
  /** Parsed one by one by the agent: one bad object must not stop the others. */
  changed: z.array(z.unknown()),
  removed: z.array(z.string()),
  digest: z.string(),
  /** Plans that a person approved: refuse these objects, and only these, when their facts have moved. */
  expect: z.array(z.object({ object: z.string(), hash: z.string() })).default([]),
});
export type SpecPut = z.infer<typeof SpecPut>;

export const SpecPutAnswer = z.discriminatedUnion('result', [
  z.object({ result: z.literal('accepted'), generation: z.int() }),
  z.object({ result: z.literal('resync'), generation: z.int().nullable(), reason: z.string() }),
  z.object({ result: z.literal('frozen'), generation: z.int(), reason: z.string() }),
]);
export type SpecPutAnswer = z.infer<typeof SpecPutAnswer>;

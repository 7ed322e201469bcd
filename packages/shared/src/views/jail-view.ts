import * as z from 'zod';
import { JailSeen, Problem } from '../host-status.ts';
import { JailSettings } from '../jail-spec.ts';
import { HostState } from './host-view.ts';

/** The word of an address beside a jail: wanted (not confirmed), assigned (confirmed), releasing. */
export const HeldState = z.enum(['wanted', 'assigned', 'releasing', 'moving']);

export const JailAddress = z.object({
  /** assignment id */
  id: z.uuid(),
  address: z.string(),
  prefixLength: z.int(),
  state: HeldState,
  wantedFrom: z.iso.datetime(),
  seenFrom: z.iso.datetime().nullable(),
});

export const JailInterface = z.object({
  id: z.uuid(),
  name: z.string(),
  mac: z.string(),
  network: z.object({ id: z.uuid(), name: z.string(), reach: z.enum(['host', 'segment']) }),
  addresses: z.array(JailAddress),
});

/** What a jail is to a person, from wanted, seen and the host's silence. */
export const JailState = z.enum([
  'wanted',
  'starting',
  'running',
  'stopping',
  'stopped',
  'failed',
  'unknown',
  'destroying',
  'destroyed',
]);
export type JailState = z.infer<typeof JailState>;

export const JailSummary = z.object({
  id: z.uuid(),
  name: z.string(),
  host: z.object({ id: z.uuid(), name: z.string(), state: HostState }),
  state: JailState,
  wanted: z.object({ state: z.enum(['running', 'stopped', 'destroyed']), startNumber: z.int() }),
  /** wanted equals seen */
  converged: z.boolean(),
  addresses: z.array(JailAddress),
  root: z.string(),
  usage: JailSeen.shape.usage,
  limits: JailSettings.shape.limits,
  startedAt: z.iso.datetime().nullable(),
  /** time of the host's report that this rests on */
  seenAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
  problem: Problem.nullable(),
});
export type JailSummary = z.infer<typeof JailSummary>;

export const JailView = JailSummary.extend({
  key: z.string(),
  settings: JailSettings,
  interfaces: z.array(JailInterface),
  seen: JailSeen.nullable(),
  destroyedAt: z.iso.datetime().nullable(),
  /** until when `restore` works */
  restorableUntil: z.iso.datetime().nullable(),
});
export type JailView = z.infer<typeof JailView>;

import * as z from 'zod';
import { AddressState } from './network-view.ts';

/** One interval of the history of an address. Both pairs of moments are kept: wanted and seen. */
export const AssignmentRecord = z.object({
  id: z.uuid(),
  address: z.string(),
  network: z.object({ id: z.uuid(), name: z.string() }),
  /** names as they were */
  jail: z.object({ id: z.uuid(), name: z.string() }),
  host: z.object({ id: z.uuid(), name: z.string() }),
  interface: z.string(),
  wantedFrom: z.iso.datetime(),
  seenFrom: z.iso.datetime().nullable(),
  wantedUntil: z.iso.datetime().nullable(),
  seenGone: z.iso.datetime().nullable(),
  assignedBy: z.string(),
  releasedBy: z.string().nullable(),
  /** audit events that began and ended it */
  assignEvent: z.object({ id: z.uuid(), seq: z.int().nullable() }),
  releaseEvent: z.object({ id: z.uuid(), seq: z.int().nullable() }).nullable(),
  /** closed by an administrator without the host's word */
  forced: z.object({ by: z.string(), reason: z.string() }).nullable(),
  /** who gets it next when this is a move that the host has not confirmed */
  successor: z.object({ jail: z.object({ id: z.uuid(), name: z.string() }) }).nullable(),
});
export type AssignmentRecord = z.infer<typeof AssignmentRecord>;

export const AddressView = z.object({
  address: z.string(),
  network: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  pool: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  state: AddressState,
  current: AssignmentRecord.nullable(),
  coolingUntil: z.iso.datetime().nullable(),
  reservation: z
    .object({ reason: z.string(), until: z.iso.datetime().nullable(), by: z.string() })
    .nullable(),
  history: z.array(AssignmentRecord),
});
export type AddressView = z.infer<typeof AddressView>;

/** Who held an address at a moment, and which pair of moments answers. */
export const AddressAt = z.object({
  address: z.string(),
  at: z.iso.datetime(),
  answer: z.enum(['held', 'given-not-confirmed', 'being-taken-back', 'nobody']),
  /** `web1 held 10.0.0.5, confirmed by h3 since …` */
  text: z.string(),
  record: AssignmentRecord.nullable(),
});
export type AddressAt = z.infer<typeof AddressAt>;

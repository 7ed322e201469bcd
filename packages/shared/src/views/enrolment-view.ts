import * as z from 'zod';

/** A line that was just made. Its secret is shown this once. */
export const EnrolmentMade = z.object({
  id: z.uuid(),
  token: z.string(),
  /** to paste on the host, as root */
  line: z.string(),
  /** the same for a host with a clone of the repository */
  cloneLine: z.string(),
  /** what the line installs; null: the dashboard runs out of a clone and has none to serve */
  archive: z.object({ sha256: z.string(), bytes: z.int() }).nullable(),
  expiresAt: z.iso.datetime(),
});
export type EnrolmentMade = z.infer<typeof EnrolmentMade>;

/** With what a host came, from its own mouth, before anybody has approved it. */
export const HostArrival = z.object({
  at: z.iso.datetime(),
  sourceAddress: z.string().nullable(),
  hostname: z.string(),
  agentVersion: z.string(),
  checks: z.object({ have: z.int(), total: z.int(), lacking: z.array(z.string()) }).nullable(),
});
export type HostArrival = z.infer<typeof HostArrival>;

/** What a page that waits for a host shows. Everything here is of the last hour, but for hosts that wait. */
export const EnrolmentProgress = z.object({
  /** the line that is asked for */
  line: z
    .object({
      name: z.string().nullable(),
      createdBy: z.string(),
      expiresAt: z.iso.datetime(),
      usedAt: z.iso.datetime().nullable(),
      usedBy: z.string().nullable(),
    })
    .nullable(),
  /** machines that were here and whose agent has not connected since, newest first */
  seen: z.array(z.object({ sourceAddress: z.string(), did: z.string(), at: z.iso.datetime() })),
  /** hosts that wait for approval, in the order in which they came */
  waiting: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      fingerprint: z.string(),
      arrival: HostArrival.nullable(),
      /** a host with the same machine-id: a copy of its disk, or a second agent on it */
      twin: z.string().nullable(),
    }),
  ),
  approved: z.array(z.object({ id: z.uuid(), name: z.string(), at: z.iso.datetime(), state: z.string() })),
  refused: z.array(
    z.object({
      at: z.iso.datetime(),
      name: z.string(),
      sourceAddress: z.string().nullable(),
      message: z.string(),
      fix: z.string().nullable(),
    }),
  ),
  /** hosts that somebody did not let in */
  rejected: z.array(z.object({ at: z.iso.datetime(), name: z.string(), by: z.string() })),
});
export type EnrolmentProgress = z.infer<typeof EnrolmentProgress>;

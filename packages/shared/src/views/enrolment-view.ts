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

import * as z from 'zod';
import { Refusal } from '../app-error.ts';

/** What a change would do, from the host's last report. */
export const PlanView = z.object({
  hash: z.string(),
  host: z.object({ id: z.uuid(), name: z.string() }),
  /** time of the report it rests on; null: the host never reported */
  asOf: z.iso.datetime().nullable(),
  steps: z.array(z.object({ kind: z.string(), text: z.string(), object: z.string() })),
  /** what stands in the way, field by field, each with a fix */
  conflicts: z.array(Refusal),
  warnings: z.array(z.string()),
  /** addresses that would be given */
  addresses: z.array(z.string()),
});
export type PlanView = z.infer<typeof PlanView>;

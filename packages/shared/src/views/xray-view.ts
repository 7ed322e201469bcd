import * as z from 'zod';
import { XRAY_GROUPS, XrayFinding, type XrayGroup, XrayReport } from '../xray.ts';

/** One walk through a twin of a jail, in lists. */
export const XrayRun = z.object({
  /** 1 for the first of a jail */
  number: z.int(),
  at: z.iso.datetime(),
  by: z.string(),
  kernel: z.string(),
});
export type XrayRun = z.infer<typeof XrayRun>;

export const XrayChange = z.object({
  change: z.enum(['new', 'gone', 'changed']),
  finding: XrayFinding,
  before: z.string().optional(),
});

/** A walk, and what has changed since another one. */
export const XrayView = XrayReport.extend({
  jail: z.string(),
  number: z.int(),
  by: z.string(),
  /** the walk that it is compared with; null: there was none before */
  against: XrayRun.nullable(),
  /** empty when there is nothing to compare with */
  changes: z.array(XrayChange),
});
export type XrayView = z.infer<typeof XrayView>;

export const xrayGroups = Object.keys(XRAY_GROUPS) as XrayGroup[];

import * as z from 'zod';

/** Where one dashboard of several is found. */
export const DashboardAddress = z.object({
  url: z.url(),
  /** as below */
  ca: z.string().nullable().default(null),
});
export type DashboardAddress = z.infer<typeof DashboardAddress>;

/** What the warden tells the dialer (DATA/run/warden/dialer.json): where to dial, and nothing secret. */
export const DialerFile = z.object({
  /** `https://cellblock.example.org` or, on loopback, `http://localhost:7420` */
  dashboardUrl: z.url(),
  /** PEM of the authority that signs the dashboard's certificate; null: the system's */
  ca: z.string().nullable().default(null),
  /** further dashboards of the same installation: dialled in turn when that one is away */
  others: DashboardAddress.array().default([]),
});
export type DialerFile = z.infer<typeof DialerFile>;

/** Where agents knock at a dashboard. */
export function agentEndpoint(dashboardUrl: string): string {
  return `${dashboardUrl.replace(/^http/, 'ws').replace(/\/+$/, '')}/agent`;
}

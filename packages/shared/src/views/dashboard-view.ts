/** One of the dashboards that work on this installation's database. */
export interface DashboardSummary {
  id: string;
  url: string;
  /** `stopped`: in order; `away`: it has not been seen for a while, and nobody stopped it */
  state: 'here' | 'away' | 'stopped';
  /** the one that was asked */
  asked: boolean;
  /** agents that are connected to it */
  hosts: number;
  seenAt: string;
  version: string;
}

import type { Kernel } from '@cellblock/native/kernel';
import type { HostCheck } from '@cellblock/shared/host-status';

export interface CheckContext {
  kernel: Kernel;
  dataDirectory: string;
  /** nftables tables that are ours */
  isOurTable(table: string): boolean;
}

/** One question to the host. It looks and changes nothing. */
export interface Check {
  id: string;
  title: string;
  look(context: CheckContext): Promise<Omit<HostCheck, 'id' | 'title'>>;
}

/** Every check's answer. A check that cannot look says so as a warning: a silent gap would read as "have". */
export async function runChecks(checks: readonly Check[], context: CheckContext): Promise<HostCheck[]> {
  return Promise.all(
    checks.map(async ({ id, title, look }) => {
      try {
        return { id, title, ...(await look(context)) };
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        return { id, title, verdict: 'warn' as const, evidence: `could not be looked at: ${message}` };
      }
    }),
  );
}

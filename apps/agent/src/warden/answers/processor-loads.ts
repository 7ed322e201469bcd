import { readFileSync } from 'node:fs';
import type { Stage } from '../stage/stage.ts';
import type { StageJail } from '../stage/stage-jail.ts';
import { NotTried } from './row.ts';

/** By the kernel's clock, which all see alike. */
const NOW = `sub now { open my $f, '<', '/proc/uptime' or die; (split ' ', <$f>)[0] }`;

/** What one work takes of a processor that it has for itself. */
export const QUOTA_SECONDS = 0.3;
const WORK = `${NOW} my $began = now(); while ((times)[0] + (times)[1] < ${QUOTA_SECONDS}) { 1 for 1..2000 } printf "took %.2f\\n", now() - $began`;
const WORK_MS = 25_000;

/** How long the work took in the jail, in seconds, and how often the kernel made it wait for the jail's share. */
export async function spin(stage: Stage, jail: StageJail): Promise<{ seconds: number; heldBack: number }> {
  const times = async () =>
    (await stage.host.kernel.readCgroupUsage({ name: jail.cgroup }))?.throttledTimes ?? 0;
  const before = await times();
  const { stdout } = await jail.exec(['/usr/bin/perl', '-e', WORK], { timeoutMs: WORK_MS });
  const seconds = Number(/^took ([\d.]+)$/m.exec(stdout)?.[1] ?? Number.NaN);
  return { seconds, heldBack: (await times()) - before };
}

/** Room for both to be there before it begins. */
const BEGINS_IN_SECONDS = 0.4;
const CONTEST_SECONDS = 1.2;

/** How many times as much the first of two jails got of one processor that both wanted for a while. */
export async function contest(first: StageJail, second: StageJail): Promise<number> {
  const cpu = /^Cpus_allowed_list:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
  const begin = uptime + BEGINS_IN_SECONDS;
  const script = `${NOW} die "too late\\n" if now() > ${begin}; select undef, undef, undef, 0.005 while now() < ${begin};
    my $before = (times)[0] + (times)[1]; while (now() < ${begin + CONTEST_SECONDS}) { 1 for 1..2000 }
    printf "got %.3f\\n", (times)[0] + (times)[1] - $before`;
  const command = ['taskset', '-c', cpu, '/usr/bin/perl', '-e', script];
  const got = await Promise.all(
    [first, second].map(async (jail) => {
      const { stdout, stderr } = await jail.exec(command);
      const seconds = /^got ([\d.]+)$/m.exec(stdout)?.[1];
      if (seconds === undefined) throw new NotTried(`one of two loads did not run: ${stderr.trim()}`);
      return Number(seconds);
    }),
  );
  return (got[0] ?? 0) / Math.max(got[1] ?? 0, 0.01);
}

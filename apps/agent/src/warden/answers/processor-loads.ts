import { readFileSync } from 'node:fs';
import type { Stage } from '../stage/stage.ts';
import type { StageJail } from '../stage/stage-jail.ts';
import { NotTried } from './row.ts';

/** By the kernel's clock, which all see alike. */
const NOW = `sub now { open my $f, '<', '/proc/uptime' or die; (split ' ', <$f>)[0] }`;

/** What one work takes of a processor that it has for itself. */
export const QUOTA_SECONDS = 0.3;
/** On a slow machine the interpreter has had as much before it begins. */
const WORK = `${NOW} sub had { (times)[0] + (times)[1] } my ($began, $before) = (now(), had());
  while (had() - $before < ${QUOTA_SECONDS}) { 1 for 1..2000 } printf "took %.2f\\n", now() - $began`;
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

/** Room for both to be there before it begins; more where they came too late. */
const BEGINS_IN_SECONDS = [0.4, 2, 6];
const CONTEST_SECONDS = 1.2;

/** How many times as much the first of two jails got of one processor that both wanted for a while. */
export async function contest(first: StageJail, second: StageJail): Promise<number> {
  for (const room of BEGINS_IN_SECONDS) {
    const got = await contestIn(room, [first, second]);
    if (got) return (got[0] ?? 0) / Math.max(got[1] ?? 0, 0.01);
  }
  throw new NotTried(`of two loads one did not run within ${BEGINS_IN_SECONDS.at(-1)} s`);
}

/** The seconds that each got; null: one of them was not there when it began. */
async function contestIn(room: number, jails: readonly StageJail[]): Promise<number[] | null> {
  const cpu = /^Cpus_allowed_list:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
  const begin = uptime + room;
  const script = `${NOW} die "too late\\n" if now() > ${begin}; select undef, undef, undef, 0.005 while now() < ${begin};
    my $before = (times)[0] + (times)[1]; while (now() < ${begin + CONTEST_SECONDS}) { 1 for 1..2000 }
    printf "got %.3f\\n", (times)[0] + (times)[1] - $before`;
  const command = ['taskset', '-c', cpu, '/usr/bin/perl', '-e', script];
  const ended = await Promise.all(jails.map((jail) => jail.exec(command)));
  const got = ended.map(({ stdout }) => Number(/^got ([\d.]+)$/m.exec(stdout)?.[1] ?? Number.NaN));
  if (!got.some(Number.isNaN)) return got;
  if (ended.every(({ stderr, stdout }) => stdout !== '' || stderr.includes('too late'))) return null;
  throw new NotTried(`one of two loads did not run: ${ended.map(({ stderr }) => stderr.trim()).join(' ')}`);
}

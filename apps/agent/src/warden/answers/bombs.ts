/** A program that takes all it can get of one thing, up to `most`, says how much it got, and holds it for a while. */
export interface Bomb {
  name: string;
  /** perl; prints `got N`, and may be killed before it can */
  program: (most: number) => string;
  /** how much it tries to get: bounded, so that it hurts nobody where nothing stops it */
  most: number;
  /** what the bombed jail's limit lets it have at the most */
  holds: number;
  /** in the jail without the limit it gets at least this */
  withoutLimit: number;
}

const MiB = 2 ** 20;
export const TIGHT_CPUS = 0.4;
/** The jail that is bombed. */
export const TIGHT = {
  limits: { memory: 64 * MiB, cpus: TIGHT_CPUS, pids: 48 },
  resourceLimits: { nofile: 256 },
};
/** The control: the same jail with wider limits, which are what keeps the machine from harm. */
export const WIDE = {
  limits: { memory: 400 * MiB, pids: 200, cpuWeight: 10_000 },
  resourceLimits: { nofile: 1024 },
};

/** How much a bomb has got, by what it has said until it ended. */
export function lastGot(output: string): number {
  return Number([...output.matchAll(/^got (\d+)$/gm)].at(-1)?.[1] ?? 0);
}

const HOLD = 'select undef, undef, undef, 1.2;';
/** Written at once: a killed program says what it had last. */
const SAYS = '$| = 1;';

export const BOMBS: readonly Bomb[] = [
  {
    name: 'fork',
    most: 120,
    holds: 48,
    withoutLimit: 120,
    program: (most) => `${SAYS} my ($n, @p) = (0); while ($n < ${most}) { my $p = fork; last if !defined $p;
      if (!$p) { sleep 20; exit } push @p, $p; $n++ } print "got $n\\n"; ${HOLD} kill 9, @p; 1 while wait > 0`,
  },
  {
    name: 'memory',
    most: 160,
    holds: 64,
    withoutLimit: 160,
    program: (most) => `${SAYS} my @held; for my $n (1..${most}) { push @held, pack 'a' . (1 << 20), $n;
      print "got $n\\n" } ${HOLD}`,
  },
  {
    name: 'tmpfs',
    most: 100,
    holds: 33,
    withoutLimit: 100,
    program: (most) => `${SAYS} open my $f, '>', '/tmp/bomb' or die; my $m = 'x' x (1 << 20);
      for my $n (1..${most}) { (syswrite($f, $m) // 0) == length $m or last; print "got $n\\n" } ${HOLD}
      close $f; unlink '/tmp/bomb'`,
  },
  {
    name: 'inodes',
    most: 12_000,
    holds: 8_192,
    withoutLimit: 12_000,
    program: (most) => `${SAYS} mkdir '/tmp/bombs'; my $n = 0; while ($n < ${most}) {
      open my $f, '>', "/tmp/bombs/$n" or last; $n++ } print "got $n\\n"; ${HOLD}
      unlink "/tmp/bombs/$_" for 0..$n; rmdir '/tmp/bombs'`,
  },
  {
    name: 'descriptors',
    most: 700,
    holds: 256,
    withoutLimit: 700,
    program: (most) => `${SAYS} my @held; while (@held < ${most}) { open my $f, '<', '/dev/null' or last;
      push @held, $f } printf "got %d\\n", scalar @held; ${HOLD}`,
  },
  {
    name: 'terminals',
    most: 400,
    holds: 256,
    withoutLimit: 400,
    program: (most) => `${SAYS} my @held; while (@held < ${most}) { open my $f, '+<', '/dev/ptmx' or last;
      push @held, $f } printf "got %d\\n", scalar @held; ${HOLD}`,
  },
];

/** Four that want a processor each, and have used a third of a second of one when they end, however long it takes.
 *  Says how long, in seconds. */
export const LOOPS = `sub now { open my $f, '<', '/proc/uptime' or die; (split ' ', <$f>)[0] } my $began = now();
  my @p; for (1..4) { my $p = fork; if (!$p) { 1 while (times)[0] < 0.3; exit } push @p, $p }
  waitpid $_, 0 for @p; printf "took %.2f\\n", now() - $began`;
export const LOOPS_USE_SECONDS = 1.2;

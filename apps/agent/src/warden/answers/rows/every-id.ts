import { lchownSync, lstatSync, mkdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Ended } from '../../stage/stage-jail.ts';
import { NotTried } from '../row.ts';

const IDS = 65_536;
const LAST = IDS - 1;
/** So many files have all ids one after another: to make one for each takes a file system far longer than to give it. */
const FILES = 512;
const LOOKS_MS = 1;

/**
 * Ids N and 65535 - N, so that owner and group are told apart. Gives so many, looks at them, lets the host look, and
 * gives the next. Both say how far they are by the size of a file, and wait for the other's.
 */
const SCRIPT = `my ($place, $first) = @ARGV; chdir $place or die "$place: $!\\n"; my $seen = 0;
sub reach { truncate 'inside', $_[0] or die "inside: $!\\n"; select undef, undef, undef, 0.001 until -s 'outside' >= $_[0] }
for (0 .. ${FILES - 1}) { open my $file, '>', $_ or die "$_: $!\\n" }
for (; $first <= ${LAST}; $first += ${FILES}) {
  for my $i (0 .. ${FILES - 1}) {
    my ($n, $m) = ($first + $i, ${LAST} - $first - $i);
    chown $n, $m, $i or die "chown to $n: $!\\n";
    my ($uid, $gid) = (lstat $i)[4, 5]; $seen++ if $uid == $n && $gid == $m;
  }
  reach($first + ${FILES});
}
print "seen $seen\\n";`;

/** How many ids were asked, and of how many that holds, as owner and as group. */
export interface EveryId {
  asked: number;
  /** on disk it is what it was made inside */
  same: number;
  /** on disk it is higher, by the base of the range */
  higher: number;
  /** inside it is what it was made */
  seen: number;
}

/** One directory by two ways: as whoever is in a user namespace has it, and as the host does. */
export interface TwoWays {
  /** on disk; it is made, and taken away */
  directory: string;
  /** where `enter` finds it */
  inside: string;
  /** runs a program in that user namespace */
  enter: (command: string[]) => Promise<Ended>;
  /** who makes files there, on disk */
  owner: number;
  /** of the range */
  base: number;
}

/** Every id from `from` on is given to a file inside, and looked at inside and on disk. */
export async function everyId(o: TwoWays, from = 0): Promise<EveryId> {
  const found: EveryId = { asked: 0, same: 0, higher: 0, seen: 0 };
  mkdirSync(o.directory);
  const [inside, outside] = ['inside', 'outside'].map((name) => join(o.directory, name)) as [string, string];
  for (const path of [inside, outside]) writeFileSync(path, '');
  for (const path of [inside, o.directory]) lchownSync(path, o.owner, o.owner);
  let ended: Ended | undefined;
  const entered = o.enter(['/usr/bin/perl', '-e', SCRIPT, o.inside, String(from)]).then((how) => {
    ended = how;
    return how;
  });
  entered.catch(() => undefined);
  try {
    for (let first = from; first <= LAST; first += FILES) {
      while (statSync(inside).size < first + FILES) {
        if (ended) throw new NotTried(`ids from ${first}: ${ended.stderr.trim()}`);
        await setTimeout(LOOKS_MS);
      }
      for (let i = 0; i < FILES; i += 1) {
        const { uid, gid } = lstatSync(join(o.directory, String(i)));
        if (uid === first + i && gid === LAST - first - i) found.same += 1;
        if (uid === o.base + first + i && gid === o.base + LAST - first - i) found.higher += 1;
        found.asked += 1;
      }
      truncateSync(outside, first + FILES);
    }
    found.seen = Number(/^seen (\d+)$/m.exec((await entered).stdout)?.[1]);
    return found;
  } finally {
    rmSync(o.directory, { recursive: true, force: true });
  }
}

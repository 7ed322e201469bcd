import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding } from '@cellblock/shared/answers/answer';
import { PROGRAMS, type Stage } from '../../stage/stage.ts';
import type { StageJail } from '../../stage/stage-jail.ts';
import { found } from '../row.ts';
import { hasBegun } from './has-begun.ts';
import { asRootOf } from './two-jails.ts';

const SIGN = '/var/tmp/lies-in-wait';
/** Twice that is less than a row has: the one in ambush, and its control. */
const WAITS_FOR_SECONDS = 12;
const ENTRIES = 5;

/** Stays until it was looked at a few times, however busy the machine is, and no longer than `end`, in seconds of the
 *  epoch: nobody may look any more. */
export function staysUntilSeen(sign: string, end: number): string {
  return `my $looks = -s '${sign}'; select undef, undef, undef, 0.002 until -s '${sign}' >= $looks + 3 or time >= ${end}`;
}

/** Whoever enters, while a process of the jail lies in wait for a directory of theirs. */
export async function enterInAmbush(jail: StageJail): Promise<Finding> {
  const said = await ambush(jail, ENTRIES, async (stays) => {
    for (let n = 0; n < ENTRIES; n += 1) await jail.exec(['/usr/bin/perl', '-e', stays]);
  });
  const saw = Number(/^saw (\d+)$/m.exec(said)?.[1]);
  const got = said.match(/^got .*$/gm) ?? [];
  return found(
    saw >= ENTRIES && got.length === 0,
    `another process of the jail looked at ${saw} that entered, all the while, and got ${got.length === 0 ? 'no directory of theirs' : got.join(', ')}`,
  );
}

/** The same jail, entered as a plain program does it, with a directory of the host in hand. */
export async function enterCarelessly(stage: Stage, jail: StageJail): Promise<Finding> {
  const said = await ambush(jail, 1, async (stays) => {
    const enter = `${asRootOf(jail)} --mount --pid --wdns=/ setpriv --bounding-set=-all`;
    await stage.outside(['/bin/sh', '-c', `exec ${enter} perl -e "$1" 9</usr`, 'sh', stays]);
  });
  const got = said.match(/^got .*$/gm) ?? [];
  return found(
    got.some((line) => line.endsWith('descriptor 9')),
    `of one who enters with nsenter and a directory of the host it ${got.join(', ') || 'got nothing'}`,
  );
}

async function ambush(
  jail: StageJail,
  count: number,
  enter: (stays: string) => Promise<void>,
): Promise<string> {
  const sign = join(jail.paths.storage, SIGN);
  await rm(sign, { force: true });
  const waiting = jail.exec([
    `${PROGRAMS}/probe`,
    '--lie-in-wait',
    SIGN,
    String(count),
    String(WAITS_FOR_SECONDS),
  ]);
  waiting.catch(() => undefined);
  await hasBegun(sign, { who: 'whoever lies in wait', work: waiting });
  await enter(staysUntilSeen(SIGN, Math.ceil(Date.now() / 1000) + WAITS_FOR_SECONDS));
  return (await waiting).stdout;
}

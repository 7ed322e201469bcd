import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bind, PROGRAMS, type Stage } from '../../stage/stage.ts';
import type { StageJail } from '../../stage/stage-jail.ts';
import { attemptsInside, attemptsOutside, type Said } from '../probe-lines.ts';
import { hasBegun } from './has-begun.ts';
import { AS_NOBODY } from './two-jails.ts';

const PLAYS_FOR_MS = 60_000;

/**
 * Two jails that work together. One sees a directory at /meeting; the other sees the directory above it, serves
 * on a socket in the meeting place, hands over what it is asked for, and moves things out of it.
 */
export async function attackTogether(stage: Stage, names: readonly string[]) {
  const { attacker, canary } = await stage.once('accomplices', () => meet(stage));
  const told = { PEER: '/meeting/victim.sock', NONCE: stage.nonce, CANARY: canary, SCRATCH: '/tmp' };
  return { said: await attemptsInside(attacker, { names, told }) };
}

/** The same with both on the host, the attacker in a plain chroot: what Manux' author wanted to prevent. */
export async function attackTogetherFromChroot(stage: Stage, names: readonly string[]) {
  const { meeting, canary } = await place(stage, 'plain-meeting');
  return attemptsOutside(stage, {
    names,
    told: { PEER: '/victim.sock', NONCE: stage.nonce, CANARY: canary, SCRATCH: '/' },
    script: `cp ${stage.probePath} ${meeting}/probe
      ${stage.probePath} --victim ${meeting} & accomplice=$!
      for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do test -e ${meeting}/victim && break; sleep 0.1; done
      trap 'kill -9 $accomplice; rm -f ${meeting}/victim' EXIT`,
    before: `chroot ${meeting} /probe`,
    // The accomplice makes a queue, which is the kernel's: it goes with the name space.
    flags: ['--ipc'],
  });
}

/**
 * The same with a user of the host for the accomplice, who owns nothing: the directories of a stage are closed to
 * everybody, so that this one is led to the place and given the program.
 */
export async function attackWithHostUser(stage: Stage, names: readonly string[]): Promise<Said> {
  const { outer, meeting } = await place(stage, 'meeting-with-a-user');
  const attacker = await stage.jail({ view: [bind(meeting, '/meeting', { readOnly: false })] });
  const ending = new AbortController();
  const play = stage.outside(
    [
      '/bin/sh',
      '-c',
      `cd ${outer} && exec 9<${stage.probePath} && exec unshare --ipc env PROBE_NONCE=${stage.nonce} ${AS_NOBODY} /proc/self/fd/9 --victim meeting`,
    ],
    { timeoutMs: PLAYS_FOR_MS, signal: ending.signal },
  );
  try {
    await hasBegun(join(meeting, 'victim'), { who: 'the accomplice', work: play });
    const told = { PEER: '/meeting/victim.sock', NONCE: stage.nonce, SCRATCH: '/tmp' };
    return await attemptsInside(attacker, { names, told });
  } finally {
    ending.abort();
    await play;
    await stage.drop(attacker.key);
  }
}

async function meet(stage: Stage): Promise<{ attacker: StageJail; canary: string }> {
  const { outer, meeting, canary } = await place(stage, 'meeting');
  const attacker = await stage.jail({ view: [bind(meeting, '/meeting', { readOnly: false })] });
  const accomplice = await stage.jail({ view: [bind(outer, '/outer', { readOnly: false })] });
  const play = accomplice.exec([`${PROGRAMS}/probe`, '--victim', '/outer/meeting'], {
    environment: { PROBE_NONCE: stage.nonce },
    timeoutMs: PLAYS_FOR_MS,
  });
  // It ends with its jail.
  play.catch(() => undefined);
  await hasBegun(join(meeting, 'victim'), { who: 'the accomplice', work: play });
  return { attacker, canary };
}

/** A meeting place, a directory above it with a file that nobody in the meeting place sees, and a canary. */
async function place(stage: Stage, name: string) {
  const outer = await stage.source(name, 0o777);
  const meeting = join(outer, 'meeting');
  await mkdir(meeting, { recursive: true });
  await chmod(meeting, 0o777);
  await writeFile(join(outer, 'beyond-what-is-shared'), stage.nonce);
  const canary = join(stage.directory, 'canary');
  await writeFile(canary, stage.nonce);
  return { outer, meeting, canary };
}

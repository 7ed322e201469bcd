import type { Finding } from '@cellblock/shared/answers/answer';
import { PROGRAMS, type Stage } from '../stage/stage.ts';
import type { Ended, StageJail } from '../stage/stage-jail.ts';
import { found, NotTried, type RowResult, Skipped } from './row.ts';

export type Said = Map<string, { verdict: string; detail: string }>;

/**
 * What a probe says inside when this kernel, or the number that another process happens to have, leaves nothing to
 * be tried. A row with one of these is skipped with that reason; any other attempt that was not made fails it.
 */
const NOTHING_TO_TRY: Record<string, RegExp> = {
  // A kernel without 32-bit programs has no gate for their calls.
  'abi-i386': /^ended by signal 11$/,
  'abi-i386-unshare': /^ended by signal 11$/,
  ...Object.fromEntries(
    ['seen', 'command-line', 'root', 'memory', 'traced', 'signalled'].map((what) => [
      `victim-${what}`,
      /^the victim's number is one of our own$/,
    ]),
  ),
};

export interface Attempts {
  names: readonly string[];
  /** what the probes are told: NONCE, CANARY, VICTIM, … */
  told?: Record<string, string>;
  uid?: number;
}

/** Attempts of the program `probe` inside a jail. */
export async function attemptsInside(jail: StageJail, o: Attempts): Promise<Said> {
  const ended = await jail.exec([`${PROGRAMS}/probe`, ...o.names], {
    environment: environmentOf(o.told),
    ...(o.uid === undefined ? {} : { uid: o.uid }),
  });
  return saidBy(ended);
}

/** The same on the host itself; `before` is shell text in front of the program, as `chroot DIRECTORY`, and `flags`
 *  are name spaces that it has for itself, as unshare(1) calls them. */
export async function attemptsOutside(
  stage: Stage,
  o: Attempts & { before?: string; script?: string; flags?: readonly string[] },
): Promise<Said> {
  const settings = Object.entries(environmentOf(o.told)).map(([name, value]) => `export ${name}='${value}'`);
  const command = o.before ?? `exec ${stage.probePath}`;
  const ended = await stage.apart(
    [...settings, o.script ?? '', `${command} ${o.names.join(' ')}`].join('\n'),
    o.flags === undefined ? {} : { flags: o.flags },
  );
  try {
    return saidBy(ended);
  } catch (error) {
    throw error instanceof NotTried ? new Skipped(error.message) : error;
  }
}

/**
 * What is refused inside and done on the host. Attempts that the host refuses itself, or that it has not, prove
 * nothing and are not counted; when none is left, the row is skipped. `asked` must all be refused inside, and
 * `shown` be done on every host: where one is not, the comparison proves too little.
 */
export function compared(
  inside: Said,
  outside: Said,
  { asked, shown }: { asked: readonly string[]; shown: readonly string[] },
): RowResult {
  const broken = notHeld(inside, asked);
  const held = [...inside].filter(([, { verdict }]) => verdict === 'HELD');
  if (broken.length === 0) skipUntried(inside);
  const proven = held.filter(([name]) => outside.get(name)?.verdict === 'BREACH');
  if (broken.length === 0 && proven.length === 0 && outside.size > 0) {
    const why = [...outside].map(([name, { verdict, detail }]) => `${name} ${verdict} ${detail}`).join('; ');
    throw new Skipped(`On this host nothing shows the hole that is probed: ${why}`);
  }
  return {
    probe: finding(
      broken.length === 0,
      broken.length === 0
        ? `${held.length} attempts, all refused, ${proven.length} of them proven by the host: ${told(proven.length > 0 ? proven : held)}`
        : `got through: ${told(broken)}`,
    ),
    control: doneByAll(
      outside,
      shown,
      `on the host ${proven.length} of ${held.length} are done: ${told(proven.map(([name]) => [name, outside.get(name)]))}`,
    ),
  };
}

/** Whether all that were asked were refused, and what they said. */
export function allHeld(said: Said, asked: readonly string[]): Finding {
  const broken = notHeld(said, asked);
  if (broken.length === 0) skipUntried(said);
  return finding(broken.length === 0 && said.size > 0, told(broken.length > 0 ? broken : [...said]));
}

/** Whether each of `shown` got through, and what did. */
export function theseBreak(said: Said, shown: readonly string[]): Finding {
  const broken = [...said].filter(([, { verdict }]) => verdict === 'BREACH');
  return doneByAll(said, shown, `${broken.length} of ${said.size} get through: ${told(broken)}`);
}

/** An attempt of which nothing was heard, or that was not made, is none that was refused. */
function notHeld(said: Said, asked: readonly string[]) {
  const names = [...new Set([...asked, ...said.keys()])];
  return names
    .map((name) => [name, said.get(name)] as const)
    .filter(([name, attempt]) => attempt?.verdict !== 'HELD' && !isUntried(name, attempt));
}

function isUntried(name: string, attempt: { verdict: string; detail: string } | undefined): boolean {
  return attempt?.verdict === 'SKIP' && (NOTHING_TO_TRY[name]?.test(attempt.detail) ?? false);
}

function skipUntried(said: Said): void {
  const untried = [...said].filter(([name, attempt]) => isUntried(name, attempt));
  if (untried.length > 0) throw new Skipped(`Not all can be tried here: ${told(untried)}.`);
}

function doneByAll(said: Said, shown: readonly string[], evidence: string): Finding {
  const missing = shown.filter((name) => said.get(name)?.verdict !== 'BREACH');
  return finding(
    shown.length > 0 && missing.length === 0,
    missing.length === 0
      ? evidence
      : `must be done there and is not: ${told(missing.map((name) => [name, said.get(name)]))}`,
  );
}

function told(attempts: readonly (readonly [string, { verdict: string; detail: string } | undefined])[]) {
  return attempts.map(([name, said]) => `${name} (${said?.detail ?? 'not said'})`).join(', ');
}

const finding = found;

function environmentOf(told: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(told).map(([name, value]) => [`PROBE_${name}`, value]));
}

function saidBy({ stdout, stderr, code }: Ended): Said {
  const said: Said = new Map();
  for (const line of stdout.split('\n')) {
    const [name, verdict, detail = ''] = line.split('\t');
    if (name && verdict) said.set(name, { verdict, detail });
  }
  if (said.size === 0) throw new NotTried(`the probe did not run: ${stderr.trim() || `status ${code}`}`);
  return said;
}

import type { Finding } from '@cellblock/shared/answers/answer';
import { PROGRAMS, type Stage } from '../stage/stage.ts';
import type { Ended, StageJail } from '../stage/stage-jail.ts';
import { found, NotTried, type RowResult, Skipped } from './row.ts';

type Said = Map<string, { verdict: string; detail: string }>;

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

/** The same on the host itself; `before` is shell text in front of the program, as `chroot DIRECTORY`. */
export async function attemptsOutside(
  stage: Stage,
  o: Attempts & { before?: string; script?: string },
): Promise<Said> {
  const settings = Object.entries(environmentOf(o.told)).map(([name, value]) => `export ${name}='${value}'`);
  const command = o.before ?? `exec ${stage.probePath}`;
  const ended = await stage.apart(
    [...settings, o.script ?? '', `${command} ${o.names.join(' ')}`].join('\n'),
  );
  try {
    return saidBy(ended);
  } catch (error) {
    throw error instanceof NotTried ? new Skipped(error.message) : error;
  }
}

/**
 * What is refused inside and done on the host. Attempts that the host refuses itself, or that it has not, prove
 * nothing and are not counted; when none is left, the row is skipped. `asked` must all be answered inside, and
 * `shown` be done on every host: where one is not, the comparison proves too little.
 */
export function compared(
  inside: Said,
  outside: Said,
  { asked, shown }: { asked: readonly string[]; shown: readonly string[] },
): RowResult {
  const broken = notHeld(inside, asked);
  const held = [...inside].filter(([, { verdict }]) => verdict === 'HELD');
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
  const held = [...said].filter(([, { verdict }]) => verdict === 'HELD');
  return finding(broken.length === 0 && held.length > 0, told(broken.length > 0 ? broken : held));
}

/** Whether each of `shown` got through, and what did. */
export function theseBreak(said: Said, shown: readonly string[]): Finding {
  const broken = [...said].filter(([, { verdict }]) => verdict === 'BREACH');
  return doneByAll(said, shown, `${broken.length} of ${said.size} get through: ${told(broken)}`);
}

/** An attempt of which nothing was heard is none that was refused. */
function notHeld(said: Said, asked: readonly string[]) {
  const names = [...new Set([...asked, ...said.keys()])];
  return names
    .map((name) => [name, said.get(name)] as const)
    .filter(([, attempt]) => attempt?.verdict !== 'HELD' && attempt?.verdict !== 'SKIP');
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

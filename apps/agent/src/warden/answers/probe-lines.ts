import type { Finding } from '@cellblock/shared/answers/answer';
import { PROGRAMS, type Stage } from '../stage/stage.ts';
import type { Ended, StageJail } from '../stage/stage-jail.ts';
import { found, type RowResult, Skipped } from './row.ts';

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
  return saidBy(
    await stage.apart([...settings, o.script ?? '', `${command} ${o.names.join(' ')}`].join('\n')),
  );
}

/**
 * What is refused inside and done on the host. Attempts that the host refuses itself, or that it has not, prove
 * nothing and are not counted; when none is left, the row is skipped.
 */
export function compared(inside: Said, outside: Said): RowResult {
  const broken = [...inside].filter(([, { verdict }]) => verdict !== 'HELD' && verdict !== 'SKIP');
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
        ? `${held.length} attempts, all refused: ${told(proven.length > 0 ? proven : held)}`
        : `got through: ${told(broken)}`,
    ),
    control: finding(
      proven.length > 0,
      `on the host ${proven.length} of them are done: ${told(proven.map(([name]) => [name, outside.get(name)]))}`,
    ),
  };
}

/** Whether all were refused, and what they said. */
export function allHeld(said: Said): Finding {
  const broken = [...said].filter(([, { verdict }]) => verdict !== 'HELD' && verdict !== 'SKIP');
  const held = [...said].filter(([, { verdict }]) => verdict === 'HELD');
  return finding(broken.length === 0 && held.length > 0, told(broken.length > 0 ? broken : held));
}

/** Whether one at least got through, and which. */
export function oneBreaks(said: Said): Finding {
  const broken = [...said].filter(([, { verdict }]) => verdict === 'BREACH');
  return finding(broken.length > 0, told(broken.length > 0 ? broken : [...said]));
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
  if (said.size === 0) throw new Skipped(`the probe did not run: ${stderr.trim() || `status ${code}`}`);
  return said;
}

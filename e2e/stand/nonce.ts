import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Ended, type ProgramOptions, runProgram } from './run-program.ts';
import type { Stand } from './stand.ts';

export const NONCE_PORT = 7777;
const script = (name: string) => readFileSync(path.join(import.meta.dirname, `${name}.pl`), 'utf8');

/** The command of a jail that serves the nonce; perl-base is on every Debian. */
export function nonceCommand(nonce: string, background = false): string[] {
  return [
    'perl',
    '-e',
    script('nonce-server'),
    nonce,
    String(NONCE_PORT),
    ...(background ? ['background'] : []),
  ];
}

export const newNonce = () => randomBytes(12).toString('hex');

/** A process inside the jail serves a nonce that nothing else on the stand could know. */
export async function serveNonce(stand: Stand, jail: string): Promise<string> {
  const nonce = newNonce();
  const ended = await stand.cellblock(['exec', jail, '--', ...nonceCommand(nonce, true)]);
  if (ended.exitCode !== 0) throw new Error(`no nonce in ${jail}: ${ended.exitCode} ${ended.stderr}`);
  return nonce;
}

/** What answers on the address, asked from inside the namespace; null when nobody does. */
export async function answerFrom(netns: string, address: string, seconds = 2): Promise<string | null> {
  const ended = await runProgram(
    ['perl', '-e', script('nonce-probe'), address, String(NONCE_PORT), String(seconds)],
    { netns },
  );
  return ended.exitCode === 0 ? ended.stdout.trim() : null;
}

/** One answer heard by a jail, with its time in milliseconds of the kernel's monotonic clock. */
export interface Heard {
  at: number;
  said: string | null;
}

/**
 * A jail asks an address again and again, until some time after it has heard a second voice. Resolves when the
 * first has been heard: what follows is heard too.
 */
export function watchFromJail(
  stand: Stand,
  jail: string,
  address: string,
): Promise<{ heard: Promise<Heard[]> }> {
  return watch(jail, address, (argv, options) => stand.cellblock(['exec', jail, '--', ...argv], options));
}

/** The same from a machine on the segment. */
export function watchFrom(netns: string, address: string): Promise<{ heard: Promise<Heard[]> }> {
  return watch(netns, address, (argv, options) => runProgram(argv, { ...options, netns }));
}

async function watch(
  from: string,
  address: string,
  run: (argv: string[], options: ProgramOptions) => Promise<Ended>,
): Promise<{ heard: Promise<Heard[]> }> {
  const seconds = 60;
  let begun = () => {};
  const first = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const ended = run(['perl', '-e', script('nonce-watch'), address, String(NONCE_PORT), String(seconds)], {
    timeoutMs: (seconds + 30) * 1000,
    onStdout: (piece) => /\d [0-9a-f]{24}\n/.test(piece) && begun(),
  });
  const heard = ended.then(({ exitCode, stdout, stderr }) => {
    if (exitCode !== 0) throw new Error(`watching from ${from}: ${exitCode} ${stderr}`);
    return stdout
      .trim()
      .split('\n')
      .map((line) => {
        const [at = '', said = '-'] = line.split(' ');
        return { at: Number(at), said: said === '-' ? null : said };
      });
  });
  await Promise.race([first, heard]);
  return { heard };
}

/** Milliseconds between the last answer of the old holder and the first of the new one. */
export function gapOf(heard: readonly Heard[], before: string, after: string): number {
  const last = heard.findLast((each) => each.said === before);
  const first = heard.find((each) => each.said === after);
  if (last === undefined || first === undefined) {
    throw new Error(
      `the move was not heard: ${heard.length} questions, ${new Set(heard.map((each) => each.said)).size} answers`,
    );
  }
  if (first.at < last.at) throw new Error('both holders answered at once');
  return first.at - last.at;
}

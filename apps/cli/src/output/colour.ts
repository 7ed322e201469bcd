import type { Terminal } from '../terminal.ts';

const TONES = { good: 32, warn: 33, bad: 31, unknown: 35, quiet: 90 } as const;

const TONE_OF: Record<string, keyof typeof TONES> = {
  running: 'good',
  ready: 'good',
  assigned: 'good',
  applied: 'good',
  done: 'good',
  have: 'good',
  held: 'good',
  failed: 'bad',
  refused: 'bad',
  locked: 'bad',
  lack: 'bad',
  unknown: 'unknown',
  stopped: 'quiet',
  free: 'quiet',
  destroyed: 'quiet',
};
const WAITS =
  /\b(wanted|starting|stopping|releasing|cooling|destroying|waiting|accepted|reserved|warn|frozen)\b/;

/** Colours whole words of state in an aligned table; the text stays the same without them. */
export function colourStates(table: string): string {
  return table.replace(/(?<=^|\s{2})[a-z]+(?=\s{2}|$)/gm, (word) => {
    const tone = TONE_OF[word] ?? (WAITS.test(word) ? 'warn' : undefined);
    return tone === undefined ? word : `\u001b[${TONES[tone]}m${word}\u001b[0m`;
  });
}

export function wantsColour(terminal: Terminal): boolean {
  return terminal.stdout.isTTY === true && !terminal.env.NO_COLOR && terminal.env.TERM !== 'dumb';
}

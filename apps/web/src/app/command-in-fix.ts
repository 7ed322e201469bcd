/** A fix is a sentence, which ends with a full stop, or a command, which may follow the place where it is run. */
export function commandInFix(fix: string): { words: string; command: string | null } {
  if (fix.endsWith('.')) return { words: fix, command: null };
  const [, words = '', command = fix] = /^([A-Z][^:]*: )?(.*)$/s.exec(fix) ?? [];
  return { words: words.trim(), command };
}

const PLAIN = /^[\w@%+=:,./-]+$/;

/** One word as a shell must be given it. */
export const shellWord = (word: string): string =>
  PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** A command as it is typed: what is shown can be copied back. */
export const shellWords = (words: readonly string[]): string => words.map(shellWord).join(' ');

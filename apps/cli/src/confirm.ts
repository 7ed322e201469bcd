import { createInterface } from 'node:readline/promises';
import { CliError } from './cli-error.ts';
import { EXIT } from './exit-code.ts';
import type { Run } from './run.ts';

/** Ends the run unless --yes was given or, at a terminal, the word was typed. */
export async function confirmed(run: Run, ask: { yes: boolean; what: string; word: string }): Promise<void> {
  if (ask.yes) return;
  const { stdin, stderr } = run.terminal;
  if (stdin.isTTY !== true) {
    throw new CliError(EXIT.usage, {
      field: '--yes',
      message: 'This cannot be undone, and nobody is there to ask.',
      cause: ask.what,
      fix: 'Say so with --yes.',
    });
  }
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    const typed = await lines.question(`${ask.what}\nType ${ask.word} to go on: `);
    if (typed.trim() === ask.word) return;
  } finally {
    lines.close();
  }
  throw new CliError(EXIT.failed, {
    message: 'Nothing was changed.',
    cause: `${ask.word} was not typed.`,
    fix: `Run it again and type ${ask.word}, or give --yes.`,
  });
}

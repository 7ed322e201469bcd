import { runCli } from './run-cli.ts';
import { processTerminal } from './terminal.ts';

// Warnings of the runtime are for developers; stderr is for words to the person who typed the command.
process.removeAllListeners('warning');
// `cellblock ls | head` ends when head does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const exitCode = await runCli(process.argv.slice(2), processTerminal());
await Promise.all(
  [process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))),
);
process.exit(exitCode);

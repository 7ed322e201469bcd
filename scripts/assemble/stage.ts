import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { contentHash } from './stamp.ts';

export const repository = path.join(import.meta.dirname, '../..');
const stamps = path.join(repository, 'node_modules/.cellblock-stages');

/** One named part of the build: what it is made from, what shows that it was made, how. */
export type Stage = {
  name: string;
  /** Files and directories, relative to the repository. */
  from: string[];
  makes: string[];
  commands: { cwd: string; argv: [string, ...string[]]; env?: Record<string, string> }[];
};

/** Runs the stage unless its result is there and its sources are unchanged. Prints one line; throws when it fails. */
export function runStage(stage: Stage): void {
  const stamp = path.join(stamps, stage.name);
  const key = contentHash(repository, stage.from);
  const made = stage.makes.every((file) => existsSync(path.join(repository, file)));
  if (made && existsSync(stamp) && readFileSync(stamp, 'utf8') === key) return;
  timed(stage.name, () => {
    for (const command of stage.commands) runQuietly(command);
  });
  mkdirSync(stamps, { recursive: true });
  writeFileSync(stamp, key);
}

/** A progress line with its seconds, on stderr: stdout belongs to the result. */
export function timed<T>(name: string, act: () => T): T {
  const started = performance.now();
  process.stderr.write(`  ${name.padEnd(28)}`);
  try {
    const result = act();
    process.stderr.write(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s\n`);
    return result;
  } catch (error) {
    process.stderr.write('  failed\n');
    throw error;
  }
}

/** A compiler's output is only of interest when it fails. */
function runQuietly(command: Stage['commands'][number]): void {
  const [program, ...args] = command.argv;
  const done = spawnSync(program, args, {
    cwd: path.join(repository, command.cwd),
    env: {
      ...process.env,
      PATH: `${path.join(repository, 'node_modules/.bin')}:${process.env.PATH}`,
      NEXT_TELEMETRY_DISABLED: '1',
      ...command.env,
    },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (done.status === 0) return;
  const output = `${done.stdout ?? ''}${done.stderr ?? ''}`.trimEnd().split('\n').slice(-60).join('\n');
  throw new Error(
    `${command.argv.join(' ')} (in ${command.cwd}) failed: ${done.error?.message ?? `exit ${done.status}`}\n${output}`,
  );
}

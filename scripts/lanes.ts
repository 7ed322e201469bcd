import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type Tally, tallyOf } from './test-results.ts';

/** Tells a suite that it runs as a part of `./dev test`, which has prepared and looked at the machine for all. */
export const PART_OF_ALL = 'CELLBLOCK_TEST_PART';

/**
 * Runs lists of suites beside each other, each list in its order, and answers what each suite found. Each line of
 * output begins with its suite's name.
 */
export async function runLanes(lanes: readonly (readonly string[])[]): Promise<Tally[]> {
  const tallies = await Promise.all(
    lanes.map(async (lane) => {
      const found: Tally[] = [];
      for (const suite of lane) found.push(await runSuite(suite));
      return found;
    }),
  );
  return tallies.flat();
}

function runSuite(suite: string): Promise<Tally> {
  const child = spawn(process.execPath, [`${import.meta.dirname}/dev.ts`, suite], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, [PART_OF_ALL]: '1' },
  });
  let last = '';
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => {
      if (stream === child.stdout && line.trim() !== '') last = line;
      console.error(`${suite.padEnd(7)}│ ${line}`);
    });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => {
      const tally = tallyOf(last) ?? { passed: 0, failed: 1, skipped: 0 };
      resolve(status !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally);
    });
  });
}

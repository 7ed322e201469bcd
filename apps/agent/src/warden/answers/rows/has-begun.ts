import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { Ended } from '../../stage/stage-jail.ts';
import { NotTried } from '../row.ts';

const BEGINS_WITHIN_MS = 5_000;
const LOOK_AGAIN_MS = 5;
const SAYS_WITHIN_MS = 500;

/**
 * Waits for the file with which a program says that it has begun. Fails with what the program said, where it has
 * ended: one that runs on is not waited for.
 */
export async function hasBegun(
  sign: string,
  o: { who: string; work: Promise<Ended>; withinMs?: number },
): Promise<void> {
  const end = performance.now() + (o.withinMs ?? BEGINS_WITHIN_MS);
  while (!existsSync(sign)) {
    if (performance.now() > end) {
      const ended = await Promise.race([o.work, setTimeout(SAYS_WITHIN_MS, null, { ref: false })]);
      throw new NotTried(`${o.who} did not begin: ${ended?.stderr ?? 'it runs and gives no sign'}`);
    }
    await setTimeout(LOOK_AGAIN_MS);
  }
}

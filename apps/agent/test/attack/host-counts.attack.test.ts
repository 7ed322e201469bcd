import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { ProcessTrees } from '@cellblock/native/process-tree';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AttackSite, BUILD_MS, PROGRAMS } from './attack-site.ts';

// The kernel counts inotify instances for a user of a user namespace, and for that namespace's owner on the host. Were
// the owner root, one jail could take all that root and every other jail have: no program of the host that watches
// files could be started any more (security.md 2.2, 131).

const PATIENCE = 120_000;
let site: AttackSite;
beforeAll(async () => {
  site = await AttackSite.open();
}, BUILD_MS);
afterAll(() => site.remove());

const countIn = (text: string): number => Number(/(\d+)/.exec(text.split('\t')[2] ?? '')?.[1] ?? -1);

/** What is left for the host's root while a jail holds all that it can get. */
async function leftForRoot(trees: ProcessTrees): Promise<{ held: number; left: number }> {
  const spec = await site.spec('daemon', { command: ['/probes/probe', '--hold-watches'] });
  await trees.start(spec);
  try {
    let said = '';
    await expect
      .poll(async () => (said = await site.consoleText(spec.runDirectory)), { timeout: 20_000 })
      .toContain('holds');
    const out = execFileSync(join(PROGRAMS, 'probe'), ['bomb-watches'], { encoding: 'utf8' });
    return { held: Number(/holds (\d+)/.exec(said)?.[1]), left: countIn(out) };
  } finally {
    await site.stop(spec.runDirectory);
  }
}

test(
  'a jail that takes all inotify instances takes none of the host’s',
  async () => {
    const before = countIn(execFileSync(join(PROGRAMS, 'probe'), ['bomb-watches'], { encoding: 'utf8' }));
    const whole = await leftForRoot(site.trees);
    expect(whole.held).toBeGreaterThan(20);
    // Others on this machine take and give back some.
    expect(whole.left).toBeGreaterThan(before / 2);
    const control = await leftForRoot(site.careless(['own-counts'], { isMutant: true }));
    expect(control.left).toBeLessThan(before / 2);
  },
  PATIENCE,
);

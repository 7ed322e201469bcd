import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestCluster } from '../../../../scripts/test-database/cluster.ts';
import { connectionUrl, livingPostmaster, startPostmaster, withClient } from './postgres-cluster.ts';

let stand: Awaited<ReturnType<typeof startTestCluster>>;
beforeAll(async () => {
  stand = await startTestCluster();
});
afterAll(() => stand?.stop());

const backendsOf = (postmaster: number) =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === postmaster;
      } catch {
        return false;
      }
    });

/** False: it has ended since it was listed. */
function stopped(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGSTOP');
  } catch {
    return false;
  }
}

test('a start waits for what a killed database still holds, and then begins', async () => {
  const { cluster } = stand;
  const killed = livingPostmaster(cluster.dataDirectory);
  if (!killed) throw new Error('no PostgreSQL');
  // Stopped, they cannot notice that their postmaster has gone, and keep its shared memory attached.
  const backends = backendsOf(killed.pid).filter((pid) => stopped(pid));
  expect(backends.length).toBeGreaterThan(0);
  process.kill(killed.pid, 'SIGKILL');
  const began = performance.now();
  const HELD_MS = 1_500;
  const goOn = () => {
    for (const pid of backends) {
      try {
        process.kill(pid, 'SIGCONT');
      } catch {
        // Some end by themselves.
      }
    }
  };
  const freed = setTimeout(goOn, HELD_MS);
  try {
    const { process: postmaster, adopted } = await startPostmaster(cluster);
    expect(adopted).toBe(false);
    expect(postmaster.pid).not.toBe(killed.pid);
    // The control: without the wait it would have failed at once; with nobody in the way it takes less.
    expect(performance.now() - began).toBeGreaterThan(HELD_MS);
    const url = connectionUrl(cluster.socketDirectory, 'postgres', 'postgres');
    await withClient(url, (client) => client.query('SELECT 1'));
  } finally {
    clearTimeout(freed);
    goOn();
  }
}, 60_000);

import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addressSpec, interfaceSpec, jailSpec, networkSpec } from './spec-builders.ts';
import { Stand } from './stand.ts';

const ROUNDS = 12;

let stand: Stand;
beforeAll(async () => {
  stand = await Stand.open();
  await stand.start();
});
afterAll(() => stand.close());

/**
 * The warden is killed at random moments of create, assign, release, stop and destroy. The steps between two
 * kills are covered one by one on the kernel in memory (convergence.test.ts); this is the real thing.
 */
test('kill -9 of the warden at any moment restarts no jail, loses nothing that was accepted, and converges within 10 s', async () => {
  const lan = networkSpec(1);
  const steady = jailSpec(1, { interfaces: [interfaceSpec(1, lan)] });
  const fixed = addressSpec(1, steady, '10.77.1.5');
  await stand.accept([lan, steady, fixed]);
  const before = await stand.until('running', ({ jails }) => jails[0]?.state === 'running');
  const pid = before.jails[0]?.pid;

  for (let round = 0; round < ROUNDS; round += 1) {
    const other = jailSpec(10 + round, {
      interfaces: [interfaceSpec(10 + round, lan)],
      wanted: round % 3 === 2 ? 'stopped' : 'running',
    });
    const last = jailSpec(9 + round, {
      interfaces: [interfaceSpec(9 + round, lan)],
      wanted: 'destroyed',
      purge: true,
    });
    const moving = addressSpec(100 + round, steady, `10.77.1.${100 + round}`);
    const gone = addressSpec(99 + round, steady, `10.77.1.${99 + round}`, { wanted: 'absent' });
    await stand.accept([lan, steady, fixed, other, last, moving, gone]);
    const accepted = stand.testDashboard.generation;
    await new Promise((resolve) => setTimeout(resolve, randomInt(150)));
    await stand.stop('SIGKILL');
    await stand.start();
    const status = await stand.until(
      'converged',
      (s) => s.accepted === accepted && s.converged === accepted,
      10_000,
    );
    const seen = (id: string) => status.jails.find((jail) => jail.id === id);
    expect(seen(steady.id)?.pid, `round ${round}`).toBe(pid);
    expect(seen(other.id)?.state).toBe(other.wanted);
    expect(seen(last.id)?.state).toBe('destroyed');
    expect(status.addresses.find(({ id }) => id === moving.id)?.state).toBe('present');
    expect(status.addresses.find(({ id }) => id === gone.id)?.state).toBe('absent');
  }
}, 240_000);

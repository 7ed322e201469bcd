import { CLI_OUTPUT } from '@cellblock/shared/cli-output';
import { expect, test } from '@playwright/test';
import type { Fleet } from '../stand/fleet.ts';
import { stateOf } from '../stand/fleet.ts';
import type { Host } from '../stand/host.ts';
import { answerFrom } from '../stand/nonce.ts';

const BACK_MS = 40_000;

/** Jail `one` is on h1, `two` on h2; each says so on its console, and serves its nonce. */
export function dashboardOffTests(of: () => { fleet: Fleet; nonces: Record<'one' | 'two', string> }): void {
  const places = () => {
    const [h1, h2] = of().fleet.hosts as [Host, Host];
    return [
      { host: h1, jail: 'one' as const },
      { host: h2, jail: 'two' as const },
    ];
  };
  const must = async (host: Host, ...line: string[]) => {
    const ended = await host.cellblock(line);
    expect(ended, `${host.host}: ${line.join(' ')}: ${ended.stderr}`).toMatchObject({ exitCode: 0 });
    return ended.stdout;
  };

  /** Everything that root on a host does without a dashboard. */
  async function rootWorks(host: Host, jail: 'one' | 'two'): Promise<void> {
    const { fleet, nonces } = of();
    const other = jail === 'one' ? 'two' : 'one';
    const listed = await must(host, 'ls');
    expect(listed).toMatch(new RegExp(`^${jail}\\s+running`, 'm'));
    // A host knows its own jails and no other's.
    expect(listed).not.toMatch(new RegExp(`^${other}\\s`, 'm'));
    const shown = JSON.parse(await must(host, 'show', jail, '-o', 'json')) as {
      state: string;
      addresses: string[];
    };
    expect(shown.state).toBe('running');
    expect(await answerFrom(fleet.segment.outside, shown.addresses[0] ?? '')).toBe(nonces[jail]);
    const ran = await host.cellblock(['exec', jail, '--', 'sh', '-c', 'hostname; exit 7']);
    expect(ran, ran.stderr).toMatchObject({ exitCode: 7, stdout: `${jail}\n` });
    expect(await must(host, 'logs', jail)).toContain(`${jail} serves`);
    await must(host, 'agent', 'hold', jail, '--reason', 'inventory');
    expect(await must(host, 'show', jail)).toMatch(/held\s+inventory/);
    await must(host, 'agent', 'unhold', jail);
    expect(await must(host, 'show', jail)).not.toContain('inventory');
  }

  test('dashboard stopped: on each host root lists, shows, reads logs, execs, holds', async () => {
    test.setTimeout(400_000);
    const { fleet } = of();
    await fleet.must(['down']);
    for (const { host, jail } of places()) await rootWorks(host, jail);
    await must(fleet.hosts[0] as Host, 'agent', 'hold', 'one', '--reason', 'counting disks');
  });

  test('a hold outlives that: the dashboard shows it, and remote changes wait and say why', async () => {
    test.setTimeout(400_000);
    const { fleet } = of();
    const host = fleet.hosts[0] as Host;
    await fleet.up();
    await expect.poll(() => stateOf(fleet, host), { timeout: BACK_MS }).toBe('ready');
    const address = '10.99.0.95';
    const asked = (await fleet.must(['ip', 'assign', 'one', address, '--no-wait', '-o', 'name'])).trim();
    const task = async () => CLI_OUTPUT['task show'].parse(await fleet.json('task', 'show', asked));
    await expect
      .poll(async () => (await task()).message, { timeout: BACK_MS })
      .toContain('holds it on host h1 against remote changes: counting disks');
    expect(await answerFrom(fleet.segment.outside, address, 1)).toBeNull();
    expect(JSON.stringify(await fleet.json('show', 'one'))).toContain('counting disks');
    await must(host, 'agent', 'unhold', 'one');
    await expect.poll(async () => (await task()).state, { timeout: BACK_MS }).toBe('applied');
    expect(await answerFrom(fleet.segment.outside, address)).toBe(of().nonces.one);
  });

  test('dashboard, database and supervisor killed: the same, and all is found when it is back', async () => {
    test.setTimeout(400_000);
    const { fleet } = of();
    const pids = [];
    for (const part of ['supervisor', 'dashboard', 'database'] as const) pids.push(await fleet.pidOf(part));
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    for (const { host, jail } of places()) await rootWorks(host, jail);
    await fleet.up();
    for (const { host } of places())
      await expect.poll(() => stateOf(fleet, host), { timeout: BACK_MS }).toBe('ready');
    const jails = CLI_OUTPUT.ls.parse(await fleet.json('ls'));
    for (const jail of jails) expect(jail).toMatchObject({ seen: { state: 'running' }, converged: true });
  });
}

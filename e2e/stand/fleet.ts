import { expect } from '@playwright/test';
import { type Host, joinHost } from './host.ts';
import { makeStand, type Stand } from './stand.ts';

/** A dashboard in site without an agent, and hosts h1, h2 … on the segment. */
export interface Fleet extends Stand {
  hosts: Host[];
  close(): Promise<void>;
}

/** Brought up, with every host enrolled, approved and reporting. */
export async function makeFleet(names: readonly string[]): Promise<Fleet> {
  const stand = await makeStand({ listen: '0.0.0.0' });
  const hosts: Host[] = [];
  const close = async () => {
    for (const host of hosts) await host.close();
    await stand.close();
  };
  try {
    await stand.up();
    for (const [index, name] of names.entries()) hosts.push(await joinHost(stand, name, 11 + index));
    await Promise.all(hosts.map((host) => enrol(stand, host)));
    return { ...stand, hosts, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The dashboard that a host is enrolled at. */
type Asked = Pick<Stand, 'json' | 'must' | 'dashboardUrl'>;

/** The agent comes forward, and an administrator lets it in. */
export async function enrol(stand: Asked, host: Host): Promise<void> {
  const { token } = await stand.json<{ token: string }>('host', 'enroll');
  host.start({ dashboard: stand.dashboardUrl, token });
  await expect.poll(() => stateOf(stand, host), { timeout: 180_000 }).toBe('waiting');
  await stand.must(['host', 'approve', host.host]);
  await expect.poll(() => stateOf(stand, host), { timeout: 60_000 }).toBe('ready');
}

/** What the dashboard says of a host; null: it knows none of this name. */
export async function stateOf(stand: Pick<Stand, 'json'>, host: Pick<Host, 'host'>): Promise<string | null> {
  const hosts = await stand.json<{ name: string; state: string }[]>('host', 'ls');
  return hosts.find(({ name }) => name === host.host)?.state ?? null;
}

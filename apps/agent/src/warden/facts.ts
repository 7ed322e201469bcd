import { existsSync, readFileSync } from 'node:fs';
import { arch, cpus, hostname, release, totalmem, uptime } from 'node:os';
import type { Kernel } from '@cellblock/native/kernel';
import type { HostFacts } from '@cellblock/shared/host-status';
import { PROJECT_QUOTA } from '@cellblock/shared/storage-refusal';
import { readUncountedProjects } from './counted-projects.ts';

/** What the host says of itself: what a person needs to choose it, and what stands in the way of a subnet. */
export async function readFacts(o: {
  kernel: Kernel;
  instance: string;
  agentVersion: string;
  /** the data directory */
  data: string;
  /** is this link one of ours? its addresses and routes stand in nobody's way */
  isOurs(link: string): boolean;
}): Promise<HostFacts> {
  const [addresses, routes, links, controllers] = await Promise.all([
    o.kernel.listAddresses({}),
    o.kernel.listRoutes({}),
    o.kernel.listLinks({}),
    readControllers(o.kernel, o.data),
  ]);
  return {
    hostname: hostname(),
    kernel: release(),
    distribution: distribution(),
    architecture: arch(),
    agentVersion: o.agentVersion,
    instance: o.instance,
    bootId: await bootId(),
    bootedAt: bootedAt(),
    cpus: cpus().length,
    memoryBytes: totalmem(),
    addresses: addresses.filter((address) => !o.isOurs(address.link)),
    routes: routes
      .filter((route) => !o.isOurs(route.link))
      .map(({ destination, gateway, link }) => ({ destination, ...(gateway ? { gateway } : {}), link })),
    bridges: links.filter((link) => link.kind === 'bridge' && !o.isOurs(link.name)).map((link) => link.name),
    controllers,
  };
}

/** Weights of the disk are told apart: a controller alone does not make them hold. */
async function readControllers(kernel: Kernel, data: string): Promise<string[]> {
  const names: string[] = (await kernel.listControllers()).map(({ name }) => name);
  if ((await readUncountedProjects(data)) === null) names.push(PROJECT_QUOTA);
  const device = names.includes('io') ? await kernel.diskOf({ path: data }).catch(() => null) : null;
  if (device === null) return names.filter((name) => name !== 'io').sort();
  return [...names, ...((await kernel.diskHasWeights({ device })) ? ['io-weight'] : [])].sort();
}

function distribution(): string {
  const text = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  return /^PRETTY_NAME="?([^"\n]*)"?/m.exec(text)?.[1] ?? 'unknown';
}

/** Changes with every boot: tells a restarted agent from a restarted host. */
export async function bootId(): Promise<string> {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

/** Whole minutes, because uptime is measured anew each time and must not make every report differ. */
function bootedAt(): string {
  const minute = 60_000;
  return new Date(Math.round((Date.now() - uptime() * 1000) / minute) * minute).toISOString();
}

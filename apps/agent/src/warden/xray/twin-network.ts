import { isKernelError } from '@cellblock/native/kernel-error';
import type { HostSpec, JailSpec } from '@cellblock/shared/host-spec';
import { netnsPath } from '@cellblock/shared/owned-names';
import { routeAdditions } from '@cellblock/shared/plan/route-steps';
import { NETNS_SETTINGS } from '@cellblock/shared/plan/settings';
import { wantedOf } from '@cellblock/shared/plan/wanted';
import { throwAwayKey } from '../throw-away/throw-away-jail.ts';
import type { WardenHost } from '../warden-host.ts';

/**
 * Gives a network namespace the links, addresses, routes and settings of a jail. The other ends of the links lie in
 * a second namespace in which nothing else is: no bridge has them, and nobody hears of an address.
 */
export async function withTwinNetwork<T>(
  host: WardenHost,
  jail: JailSpec,
  act: (shape: (netns: string) => Promise<void>) => Promise<T>,
): Promise<T> {
  const { kernel, instance } = host;
  const key = throwAwayKey();
  const nowhere = netnsPath(instance, key);
  host.throwAway.add(key);
  try {
    await kernel.createNetns({ path: nowhere });
    return await act((netns) => shapeNetwork(host, jail, { netns, nowhere }));
  } finally {
    await kernel
      .removeNetns({ path: nowhere })
      .catch((error) => {
        if (!isKernelError(error, 'ENOENT')) throw error;
      })
      .finally(() => host.throwAway.delete(key));
  }
}

async function shapeNetwork(
  { kernel, instance, spec, now }: WardenHost,
  jail: JailSpec,
  { netns, nowhere }: { netns: string; nowhere: string },
): Promise<void> {
  for (const [key, value] of Object.entries(NETNS_SETTINGS)) {
    await kernel.writeSysctl({ netns, key, value }).catch((error) => {
      if (!isKernelError(error, 'ENOENT')) throw error;
    });
  }
  const wanted = wantedInJail(spec(), jail, { instance, at: now().toISOString() });
  if (!wanted) return;
  for (const [index, inside] of wanted.interfaces.entries()) {
    const { name, mac } = inside.spec;
    await kernel.createVeth({ netns: nowhere, name: `end${index}`, peer: { name, netns, mac } });
    await kernel.setLink({ netns, name, up: true });
    for (const { prefix } of inside.addresses) await kernel.addAddress({ netns, link: name, prefix });
  }
  for (const step of routeAdditions(wanted, undefined)) {
    if (step.kind !== 'route.add') continue;
    const { destination, link, gateway } = step;
    await kernel.addRoute({
      netns,
      route: { destination, link, ...(gateway === null ? {} : { gateway }) },
    });
  }
}

/** What a plan would want of the jail if it were to run and nothing of it were there. */
function wantedInJail(spec: HostSpec, jail: JailSpec, o: { instance: string; at: string }) {
  const running: JailSpec = { ...jail, wanted: 'running' };
  const objects = new Map(spec.objects).set(`jail/${jail.id}`, running);
  const nothing = {
    ...o,
    guard: { installed: false, ports: [], addresses: [] },
    nat: { installed: false, subnets: [] },
    bridges: [],
    ports: [],
    forwarding: [],
    neighbours: [],
    jails: [],
    hostSettings: [],
  };
  return wantedOf({ ...spec, objects }, nothing).jails.find((one) => one.spec.id === jail.id);
}

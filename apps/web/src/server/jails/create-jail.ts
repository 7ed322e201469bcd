import { randomUUID } from 'node:crypto';
import { AppError } from '@cellblock/shared/app-error';
import { ipFamily } from '@cellblock/shared/ip-address';
import { CreateJailInput } from '@cellblock/shared/jail-input';
import { JailSettings } from '@cellblock/shared/jail-spec';
import { profileOf } from '@cellblock/shared/profile-rule';
import { roleCan } from '@cellblock/shared/role';
import type { JailView } from '@cellblock/shared/views/jail-view';
import { type Change, changeFleet, type Work } from '../change-fleet.ts';
import type { FoundNetwork } from '../find-object.ts';
import { type GivenAddress, giveAddress } from '../ip-assignments/give-address.ts';
import { mustReach } from '../ip-assignments/network-for.ts';
import { makeNetwork } from '../networks/make-network.ts';
import { statusOf } from '../networks/reach.ts';
import { objectKey } from '../object-key.ts';
import type { Want } from '../tasks/want.ts';
import type { VerbContext } from '../verb-context.ts';
import { interfaceOn } from './jail-interface.ts';
import { mustBeUnderstood } from './must-be-understood.ts';
import { mustCount } from './must-count.ts';
import { mustHold } from './must-hold.ts';
import { type Host, namedNetwork, onlyNetwork, placeHost } from './place.ts';
import { readJail } from './queries.ts';
import { settingsForHistory } from './settings-for-history.ts';
import { viewMustStand } from './view-must-stand.ts';
import { mustBeWithinBounds } from './within-bounds.ts';

type Input = ReturnType<typeof CreateJailInput.parse>;

/** Makes a jail, with its addresses, and with the bridge of a first jail where that is asked for. */
export async function createJail(ctx: VerbContext, asked: CreateJailInput): Promise<Change<JailView>> {
  const input = CreateJailInput.parse(asked);
  const settings = settingsOf(input);
  mayMakeNetwork(ctx, input);
  return await changeFleet(
    ctx,
    { kind: 'jail.create', dryRun: input.dryRun, plan: input.plan },
    async (work) => {
      const { tx } = work;
      await mustBeFree(work, input.name);
      const named = input.makeNetwork || input.network === null ? undefined : await namedNetwork(tx, input);
      const placed = await placeHost(tx, input, named ?? null);
      const host = (await work.changeHosts([placed.id])).get(placed.id) ?? placed;
      await mustHaveRoom(work, host);
      mustBeUnderstood(host, settings);
      mustBeWithinBounds(host, settings);
      mustHold(host, settings, { name: input.name, seen: null });
      mustCount(host, settings);
      const network = await networkOf(work, input, host, named);
      const id = randomUUID();
      await tx.jail.create({
        data: {
          id,
          key: objectKey(id, 8),
          name: input.name,
          hostId: host.id,
          settings,
          wanted: input.start ? 'running' : 'stopped',
          startNumber: input.start ? 1 : 0,
          cause: work.event,
          generation: host.generation,
        },
      });
      const given = network ? await giveAll(work, input, host, { id, name: input.name }, network) : [];
      const addresses = given.map(({ address }) => address);
      const wants: Want[] = [
        {
          type: 'jail',
          id,
          want: input.start ? 'running' : 'stopped',
          startNumber: input.start ? 1 : 0,
          host: host.id,
          generation: host.generation,
        },
        // A stopped jail carries no address: its addresses are confirmed when it starts.
        ...(input.start
          ? given.map((one) => ({ type: 'address', id: one.id, want: 'present' }) as const)
          : []),
      ];
      return {
        object: { type: 'jail', id, name: input.name },
        host,
        summary: `created jail ${input.name} on host ${host.name}${addresses.length > 0 ? ` with ${addresses.join(', ')}` : ''}`,
        before: null,
        after: {
          name: input.name,
          host: host.name,
          network: network?.name ?? null,
          addresses,
          settings: settingsForHistory(settings),
          ...(input.makeNetwork && { madeNetwork: input.makeNetwork }),
        },
        wants,
        topics: [
          `jail/${id}`,
          ...(network ? [`network/${network.id}`] : []),
          ...addresses.map((address) => `address/${address}`),
        ],
        addresses,
        show: (db) => readJail(db, id),
      };
    },
  );
}

function settingsOf(input: Input): JailSettings {
  const hostname = input.name.replace(/[^a-z0-9.-]+/g, '-').replace(/[.-]+$/, '');
  const { root = { kind: 'host-usr', ephemeral: false } } = input.settings;
  const settings = JailSettings.parse({
    hostname,
    root,
    ...input.settings,
    ...profileOf(root, input.settings),
  });
  viewMustStand(settings);
  return settings;
}

async function mustBeFree(work: Work, name: string): Promise<void> {
  const other = await work.tx.jail.findFirst({ where: { name, goneAt: null }, include: { host: true } });
  if (!other) return;
  const destroyed = other.wanted === 'destroyed';
  throw new AppError(
    'conflict',
    `A jail ${name} exists on host ${other.host.name}${destroyed ? ', destroyed and not purged' : ''}.`,
    {
      field: 'name',
      cause: 'Until a jail is purged its name stays taken.',
      fix: destroyed
        ? `cellblock restore ${name}, or cellblock destroy ${name} --purge, or choose another name.`
        : 'Choose another name.',
      evidence: { jail: other.id },
    },
  );
}

async function mustHaveRoom(work: Work, host: Host): Promise<void> {
  const most = statusOf(host)?.bounds.maxJails;
  const count = await work.tx.jail.count({ where: { hostId: host.id, goneAt: null } });
  if (most === undefined || count < most) return;
  throw new AppError('denied', `Host ${host.name} takes at most ${most} jails and has ${count}.`, {
    field: 'host',
    cause: "The host's bounds file says so.",
    fix: 'Choose another host, purge a jail, or change the bounds file on the host.',
  });
}

async function networkOf(
  work: Work,
  input: Input,
  host: Host,
  named: FoundNetwork | undefined,
): Promise<FoundNetwork | null> {
  if (input.makeNetwork) {
    const { name, subnet, nat } = input.makeNetwork;
    return await makeNetwork(work, { name, subnets: [subnet], nat, parent: null, gateway: null, host });
  }
  if (input.network === null) {
    if ((input.addresses ?? []).length === 0) return null;
    throw new AppError('invalid', 'A jail without network has no address.', {
      field: 'addresses',
      cause: `${input.addresses?.join(', ')} was asked for with no network.`,
      fix: 'Leave out --ip, or name a network.',
    });
  }
  const network = named ?? (await onlyNetwork(work.tx, host));
  if (network.wanted !== 'present') {
    throw new AppError('conflict', `Network ${network.name} is being removed.`, {
      field: 'network',
      cause: 'Its host is taking it down.',
      fix: 'Choose another network.',
    });
  }
  mustReach(network, { name: input.name, host });
  return network;
}

/** The addresses asked for, else the next free one of each family that the network has pools of. */
async function giveAll(
  work: Work,
  input: Input,
  host: Host,
  jail: { id: string; name: string },
  network: FoundNetwork,
): Promise<GivenAddress[]> {
  const inside = await interfaceOn(work.tx, { ...jail, interfaces: [] }, network, undefined);
  const taker = { jail, host, interface: inside };
  const given: GivenAddress[] = [];
  if (input.addresses) {
    for (const address of input.addresses) {
      given.push(await giveAddress(work, taker, { network, family: ipFamily(address) }, address));
    }
    return given;
  }
  for (const family of ['v4', 'v6'] as const) {
    if (!network.subnets.some(({ prefix }) => ipFamily(prefix) === family)) continue;
    given.push(await giveAddress(work, taker, { network, family }, undefined));
  }
  return given;
}

function mayMakeNetwork(ctx: VerbContext, input: Input): void {
  if (!input.makeNetwork || ctx.role === null || roleCan(ctx.role, 'administer')) return;
  throw new AppError('denied', 'Only an administrator makes networks.', {
    field: 'makeNetwork',
    cause: `You are ${ctx.role}.`,
    fix: 'Choose a network that exists, or ask an administrator for one.',
  });
}

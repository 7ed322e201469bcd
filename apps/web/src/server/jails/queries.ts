import { JailSeen } from '@cellblock/shared/host-status';
import { JailSettings } from '@cellblock/shared/jail-spec';
import { jailConverged, jailState } from '@cellblock/shared/jail-state';
import { rootName } from '@cellblock/shared/root-name';
import type { JailSummary, JailView } from '@cellblock/shared/views/jail-view';
import type { Db, Tx } from '../db.ts';
import { findJail } from '../find-object.ts';
import { hostStateOf } from '../hosts/host-state-of.ts';
import { statusOf } from '../networks/reach.ts';
import { QUARANTINE_MS } from './quarantine.ts';

const jailParts = {
  host: true,
  interfaces: { include: { network: true }, orderBy: { name: 'asc' } },
} as const;

type JailRow = Awaited<ReturnType<typeof findJail>>;
type AddressRow = Awaited<ReturnType<Db['ipAssignment']['findMany']>>[number];

export async function readJail(db: Db | Tx, ref: string): Promise<JailView> {
  const row = await findJail(db, ref);
  const addresses = await openAddresses(db, [row.id]);
  const networks = new Map<string, 'host' | 'segment'>(
    row.interfaces.map(({ network }) => [network.id, network.hostId === null ? 'segment' : 'host']),
  );
  const summary = summaryOf(row, addresses);
  return {
    ...summary,
    key: row.key,
    settings: JailSettings.parse(row.settings),
    interfaces: row.interfaces.map(({ id, name, mac, network }) => ({
      id,
      name,
      mac,
      network: { id: network.id, name: network.name, reach: networks.get(network.id) ?? 'host' },
      addresses: addresses.filter((one) => one.interfaceId === id).map(addressOf),
    })),
    seen: seenOf(row),
    destroyedAt: row.destroyedAt?.toISOString() ?? null,
    restorableUntil: restorableUntil(row),
  };
}

/** All jails that are not gone; `includeDestroyed` brings those in quarantine too. */
export async function loadJails(
  db: Db,
  query: { host?: string | undefined; includeDestroyed?: boolean | undefined } = {},
): Promise<JailSummary[]> {
  const rows = await db.jail.findMany({
    where: {
      goneAt: null,
      ...(query.includeDestroyed ? {} : { wanted: { not: 'destroyed' } }),
      ...(query.host && {
        host: { OR: [{ name: query.host }, ...(isId(query.host) ? [{ id: query.host }] : [])] },
      }),
    },
    include: jailParts,
    orderBy: { name: 'asc' },
  });
  const addresses = Map.groupBy(
    await openAddresses(
      db,
      rows.map(({ id }) => id),
    ),
    ({ jailId }) => jailId,
  );
  return rows.map((row) => summaryOf(row, addresses.get(row.id) ?? []));
}

function isId(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(text);
}

async function openAddresses(db: Db | Tx, jails: string[]): Promise<AddressRow[]> {
  return await db.ipAssignment.findMany({
    where: { jailId: { in: jails }, seenGone: null },
    orderBy: { address: 'asc' },
  });
}

function summaryOf(row: JailRow, addresses: AddressRow[]): JailSummary {
  const settings = JailSettings.parse(row.settings);
  const seen = seenOf(row);
  const hostState = hostStateOf(row.host);
  const wanted = { state: row.wanted as JailSummary['wanted']['state'], startNumber: row.startNumber };
  const truths = { wanted, seen, hostUnknown: hostState !== 'ready' };
  const { root } = settings;
  return {
    id: row.id,
    name: row.name,
    host: { id: row.host.id, name: row.host.name, state: hostState },
    state: jailState(truths),
    wanted,
    converged:
      jailConverged(truths) && addresses.every((one) => one.seenFrom !== null && one.wantedUntil === null),
    addresses: addresses.map(addressOf),
    root: root.kind === 'host-usr' && root.ephemeral ? 'host-usr (ephemeral)' : rootName(root),
    usage: seen?.usage ?? null,
    limits: settings.limits,
    startedAt: seen?.startedAt ?? null,
    seenAt: row.seenAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    problem: problemOf(row, addresses),
  };
}

function seenOf(row: { seen: unknown }): JailSeen | null {
  const seen = JailSeen.safeParse(row.seen);
  return seen.success ? seen.data : null;
}

/** What its host could not do for it, or for one of its addresses. */
function problemOf(row: JailRow, addresses: AddressRow[]): JailSummary['problem'] {
  const keys = new Set([`jail/${row.id}`, ...addresses.map(({ id }) => `address/${id}`)]);
  const status = statusOf(row.host);
  const problem = status?.problems.find(({ key }) => keys.has(key));
  if (problem) return problem;
  const refused = status?.refused.find(({ key }) => keys.has(key));
  if (!refused) return null;
  return {
    key: refused.key,
    step: refused.rule,
    code: null,
    message: refused.message,
    cause: refused.cause,
    generation: status?.accepted ?? 0,
    at: status?.at ?? new Date(0).toISOString(),
    attempts: 0,
    nextTryAt: null,
  };
}

function addressOf(row: AddressRow): JailView['addresses'][number] {
  return {
    id: row.id,
    address: row.address,
    prefixLength: row.prefixLength,
    state: row.successorId ? 'moving' : row.wantedUntil ? 'releasing' : row.seenFrom ? 'assigned' : 'wanted',
    wantedFrom: row.wantedFrom.toISOString(),
    seenFrom: row.seenFrom?.toISOString() ?? null,
  };
}

function restorableUntil(row: JailRow): string | null {
  if (row.destroyedAt === null || row.purge || row.goneAt !== null) return null;
  return new Date(row.destroyedAt.getTime() + QUARANTINE_MS).toISOString();
}

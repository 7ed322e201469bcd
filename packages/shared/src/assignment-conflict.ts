import type { Refusal } from './app-error.ts';
import { ipFamily } from './ip-address.ts';
import type { ConflictKind } from './ip-assignment.ts';
import type { AddressRange } from './ip-pool.ts';
import { ipValue, prefixContains, subnetRole } from './subnet.ts';

/** One wish for one address, with everything known of that address. */
export interface AssignmentQuestion {
  address: string;
  /** who wants it; null: anybody */
  jail: { id: string; name: string } | null;
  network: { name: string; subnets: readonly { prefix: string; gateway: string | null }[] };
  pools: readonly (AddressRange & { name: string })[];
  /** its open interval */
  current: {
    jail: { id: string; name: string };
    host: { name: string };
    state: 'wanted' | 'assigned' | 'releasing';
    since: Date;
    by: string;
    /** who gets it when the host has confirmed the removal */
    successor: { id: string; name: string } | null;
  } | null;
  /** its last holder, when it is cooling */
  cooling: { jail: { id: string; name: string }; until: Date } | null;
  reservation: { first: string; last: string; reason: string; until: Date | null; by: string } | null;
  /** a host, or a machine that a host heard of, that has it already */
  onWire: { host: string; link: string } | null;
  /** what nextFree would give instead */
  next: string | null;
}

export interface AssignmentConflict extends Refusal {
  field: 'address';
  evidence: { kind: ConflictKind } & Record<string, unknown>;
}

/** Why an address cannot be had, with the object in the way and a fix that works; null: it can be had. */
export function assignmentConflict(question: AssignmentQuestion): AssignmentConflict | null {
  return inWrongPlace(question) ?? inOtherHands(question);
}

function inWrongPlace(question: AssignmentQuestion): AssignmentConflict | null {
  const { address, network, pools } = question;
  const family = ipFamily(address);
  const sameFamily = network.subnets.filter(({ prefix }) => ipFamily(prefix) === family);
  const prefixes = network.subnets.map(({ prefix }) => prefix).join(', ');
  if (sameFamily.length === 0) {
    return conflict(question, 'family-mismatch', {
      code: 'invalid',
      message: `${address} is ${spoken(family)}, and network ${network.name} has ${prefixes} only.`,
      cause: `No subnet of ${network.name} is ${spoken(family)}.`,
      fix: takeInstead(question, `Choose an address of ${prefixes}.`),
      more: { subnets: network.subnets.map(({ prefix }) => prefix) },
    });
  }
  const subnet = sameFamily.find(({ prefix }) => prefixContains(prefix, address));
  const role = subnet ? subnetRole(subnet, address) : null;
  if (subnet && (role === 'network' || role === 'broadcast')) {
    return conflict(question, 'network-or-broadcast', {
      code: 'invalid',
      message: `${address} is the ${role} address of ${subnet.prefix}.`,
      cause:
        role === 'network'
          ? 'The first address of a subnet stands for the subnet itself.'
          : 'The last address of a subnet reaches all of its machines.',
      fix: takeInstead(question, `Choose another address of ${subnet.prefix}.`),
      more: { role, subnet: subnet.prefix },
    });
  }
  if (subnet && role === 'gateway') {
    return conflict(question, 'gateway', {
      message: `${address} is the gateway of network ${network.name}.`,
      cause: `Jails on ${subnet.prefix} reach other networks through it.`,
      fix: takeInstead(question, `Choose another address of ${subnet.prefix}.`),
      more: { subnet: subnet.prefix },
    });
  }
  const value = ipValue(address);
  const pool = pools.find(
    ({ first, last }) => ipFamily(first) === family && ipValue(first) <= value && value <= ipValue(last),
  );
  if (pool) return null;
  const ranges = pools.map(({ name, first, last }) => `${name} (${first} to ${last})`).join(', ');
  return conflict(question, 'outside-pool', {
    code: 'invalid',
    message: `${address} lies in no pool of network ${network.name}.`,
    cause: ranges ? `Its pools are ${ranges}.` : 'It has no pool.',
    fix: takeInstead(
      question,
      subnet
        ? `Make a pool of it: cellblock pool create ${network.name}-${address.replaceAll(':', '-')} --network ${network.name} --range ${address}-${address}`
        : `Choose an address of ${prefixes}.`,
    ),
    more: { pools: pools.map(({ name, first, last }) => ({ name, first, last })) },
  });
}

function inOtherHands(question: AssignmentQuestion): AssignmentConflict | null {
  const { address, jail, current, cooling, reservation, onWire } = question;
  if (current && !(current.state === 'releasing' && !current.successor && current.jail.id === jail?.id)) {
    const own = current.jail.id === jail?.id && current.state !== 'releasing';
    return conflict(question, 'assigned', {
      message: heldMessage(address, current),
      cause:
        current.state === 'releasing'
          ? `Host ${current.host.name} has not confirmed that it is gone: until then nobody else can have it.`
          : `Given by ${current.by}.`,
      fix: own
        ? takeInstead(question, 'Nothing is to be done: it has the address.')
        : current.state === 'releasing'
          ? takeInstead(question, `Wait for host ${current.host.name}.`)
          : takeInstead(question, `Move it: cellblock ip move ${address} ${jail?.name ?? 'JAIL'}`),
      more: {
        state: current.successor ? 'moving' : current.state,
        holder: current.jail,
        host: current.host.name,
        since: current.since.toISOString(),
        by: current.by,
        successor: current.successor,
      },
    });
  }
  if (reservation) {
    return conflict(question, 'reserved', {
      message: `${address} is reserved${reservation.until ? ` until ${moment(reservation.until)}` : ''}: ${reservation.reason}`,
      cause: `Reserved by ${reservation.by}.`,
      fix: takeInstead(
        question,
        `Remove the reservation: cellblock pool unreserve ${poolName(question)} ${reservation.first === reservation.last ? reservation.first : `${reservation.first}-${reservation.last}`}`,
      ),
      more: { ...reservation, until: reservation.until?.toISOString() ?? null },
    });
  }
  if (cooling && cooling.jail.id !== jail?.id) {
    return conflict(question, 'cooling', {
      message: `${address} is cooling until ${moment(cooling.until)}, after ${cooling.jail.name} had it.`,
      cause: 'Peers may still send to its last holder; only that jail may retake it at once.',
      fix: takeInstead(question, `Wait until ${moment(cooling.until)}.`),
      more: { until: cooling.until.toISOString(), lastHolder: cooling.jail },
    });
  }
  if (onWire) {
    return conflict(question, 'duplicate-on-wire', {
      message: `${address} is in use on ${onWire.link} of host ${onWire.host}.`,
      cause: 'A machine that is no jail answers on it.',
      fix: takeInstead(
        question,
        `Reserve it, so that nobody is offered it: cellblock pool reserve ${poolName(question)} ${address} --reason "in use on ${onWire.link} of ${onWire.host}"`,
      ),
      more: { ...onWire },
    });
  }
  return null;
}

function poolName({ address, pools }: AssignmentQuestion): string {
  const value = ipValue(address);
  const around = pools.find(
    ({ first, last }) =>
      ipFamily(first) === ipFamily(address) && ipValue(first) <= value && value <= ipValue(last),
  );
  return around?.name ?? 'POOL';
}

function heldMessage(address: string, current: NonNullable<AssignmentQuestion['current']>): string {
  const { jail, state, since, successor } = current;
  if (successor) return `${address} is moving from ${jail.name} to ${successor.name}.`;
  if (state === 'releasing')
    return `${address} is being taken back from ${jail.name} since ${moment(since)}.`;
  return `${address} is assigned to ${jail.name} since ${moment(since)}.`;
}

function conflict(
  question: AssignmentQuestion,
  kind: ConflictKind,
  said: {
    code?: 'invalid' | 'conflict';
    message: string;
    cause: string;
    fix: string;
    more: Record<string, unknown>;
  },
): AssignmentConflict {
  return {
    code: said.code ?? 'conflict',
    message: said.message,
    field: 'address',
    cause: said.cause,
    fix: said.fix,
    evidence: { kind, address: question.address, next: question.next, ...said.more },
  };
}

function takeInstead({ next }: AssignmentQuestion, otherwise: string): string {
  return next === null ? otherwise : `Take ${next}, the next free one. ${otherwise}`;
}

function spoken(family: 'v4' | 'v6'): string {
  return family === 'v4' ? 'IPv4' : 'IPv6';
}

/** `10 Nov 2026 14:03 UTC` */
function moment(at: Date): string {
  const text = at.toUTCString();
  return `${text.slice(5, 22).replace(/^0/, '')} UTC`;
}

import type { Refusal } from '@cellblock/shared/app-error';
import { allowedSubnets } from '@cellblock/shared/bounds';
import { parsePrefix } from '@cellblock/shared/ip-address';
import { knownPrefix, prefixesOverlap } from '@cellblock/shared/subnet';
import { statusOf } from './reach.ts';

/**
 * Why a host cannot carry a subnet: it routes it already, or has an address in it, or its bounds do not
 * allow it. With a parent the way through that parent is expected.
 */
export function subnetInTheWay(
  host: { name: string; status: unknown },
  prefix: string,
  parent: string | null,
): Refusal | null {
  const status = statusOf(host);
  if (!status) return null;
  const address = status.facts.addresses.find(
    (own) => own.link !== parent && prefixesOverlap(hostPrefix(own.prefix), prefix),
  );
  if (address) {
    return {
      code: 'conflict',
      message: `Host ${host.name} has ${address.prefix} on ${address.link}, which overlaps ${prefix}.`,
      cause: 'The host would no longer know which way that subnet lies.',
      fix: 'Choose another subnet.',
      evidence: { prefix, link: address.link, address: address.prefix },
    };
  }
  const route = status.facts.routes.find(
    (own) => own.link !== parent && isSpecific(own.destination) && prefixesOverlap(own.destination, prefix),
  );
  if (route) {
    const via = route.gateway ? ` via ${route.gateway}` : '';
    return {
      code: 'conflict',
      message: `Host ${host.name} routes ${route.destination}${via} dev ${route.link}, which overlaps ${prefix}.`,
      cause: 'A subnet that the host reaches elsewhere would be cut off.',
      fix: 'Choose another subnet, or remove that route on the host.',
      evidence: { prefix, route },
    };
  }
  const allowed = allowedSubnets(status.bounds);
  if (!allowed.some((outer) => isWithin(prefix, outer))) {
    return {
      code: 'denied',
      message: `The bounds of host ${host.name} do not allow ${prefix}.`,
      cause: `They allow ${allowed.join(', ')}.`,
      fix: 'Choose a subnet within these, or change the bounds file on the host.',
      evidence: { prefix, allowed },
    };
  }
  return null;
}

function hostPrefix(text: string): string {
  const parsed = parsePrefix(text);
  return parsed.type === 'error' ? `${text}/${text.includes(':') ? 128 : 32}` : parsed.prefix;
}

/** A default route is in nobody's way. */
function isSpecific(destination: string): boolean {
  const parsed = parsePrefix(destination);
  return parsed.type !== 'error' && parsed.length > 0;
}

export function isWithin(inner: string, outer: string): boolean {
  const [a, b] = [knownPrefix(inner), knownPrefix(outer)];
  return a.type === b.type && a.first >= b.first && a.last <= b.last;
}

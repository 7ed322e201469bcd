import type { ImageOrder } from './image.ts';

/** The registry that answers when a reference names none. */
const DOCKER = 'docker.io';

export interface ParsedReference {
  registry: string;
  /** `library/nginx` */
  repository: string;
  tag: string | null;
  digest: string | null;
}

/** A reference in its parts. A first part with a dot or a port, or `localhost`, is a registry, as Docker has it. */
export function parseReference(reference: string): ParsedReference {
  const [name = '', digest = null] = reference.split('@');
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const named = first.includes('.') || first.includes(':') || first === 'localhost';
  const registry = named ? first : DOCKER;
  const rest = named ? name.slice(slash + 1) : name;
  const colon = rest.lastIndexOf(':');
  const path = colon < 0 ? rest : rest.slice(0, colon);
  const repository = registry === DOCKER && !path.includes('/') ? `library/${path}` : path;
  return { registry, repository, tag: colon < 0 ? null : rest.slice(colon + 1), digest };
}

/** The word of `imageSources` in a host's bounds that an order needs. */
export function sourceOf(order: ImageOrder): string {
  if (order.kind === 'upload') return 'upload';
  if (order.kind === 'bootstrap') return order.distribution.split(':')[0] ?? '';
  return parseReference(order.reference).registry;
}

/** What an image of this order is called for people. */
export function imageName(order: ImageOrder): string {
  if (order.kind === 'bootstrap') return [order.distribution, ...order.include].join('+');
  if (order.kind === 'upload') return order.name;
  const { registry, repository, tag } = parseReference(order.reference);
  return `${registry}/${repository}${tag === null ? '' : `:${tag}`}`;
}

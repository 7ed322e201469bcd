import type { ObjectRef } from '@cellblock/shared/audit-event';
import { paths } from '@/paths';

const hrefs: Partial<Record<ObjectRef['type'], (name: string) => string>> = {
  jail: (name) => paths.jail(name),
  host: (name) => paths.host(name),
  network: (name) => paths.network(name),
  address: (name) => paths.address(name),
  image: () => paths.images(),
  task: (name) => paths.task(name),
  user: () => paths.access('users'),
  token: () => paths.access('tokens'),
};

/** Where an object is shown; null where it has no page of its own. */
export const objectPath = ({ type, name }: Pick<ObjectRef, 'type' | 'name'>): string | null =>
  hrefs[type]?.(name) ?? null;

import type { ObjectRef } from '@cellblock/shared/audit-event';
import { paths } from '@/paths';
import { objectPath } from './object-path';

/** Where one mends it: a host's checks, a jail's logs, an address, a network. */
export function noticePath({ subject, object }: { subject: string; object: ObjectRef }): string | null {
  if (subject.startsWith('task/')) return paths.task(subject.slice('task/'.length));
  const rule = subject.slice('notice/'.length).split(' ')[0];
  if (rule === 'host.check') return paths.host(object.name, 'checks');
  if (rule === 'jail.failed') return paths.jail(object.name, 'logs');
  if (object.type === 'pool') return paths.network(object.name);
  return objectPath(object);
}

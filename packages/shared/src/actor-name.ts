import type { Actor } from './actor.ts';

/** One word for lists: `mira`, `ci-1 (token)`, `root (mira)`, `root (unattributed)`. */
export function actorName(actor: Actor): string {
  switch (actor.type) {
    case 'user':
      return actor.name;
    case 'token':
      return `${actor.name} (token)`;
    case 'root':
      return `root (${actor.person ?? 'unattributed'})`;
    case 'host':
      return `host ${actor.name}`;
    case 'system':
      return actor.name;
  }
}

import type { Role } from '@cellblock/shared/role';

interface Somebody {
  id: string | null;
  name: string;
  role: Role;
}

/**
 * Why a person cannot be removed or lose the role of an administrator; null if they can. The server decides
 * again, in the same transaction.
 */
export function lastAdministrator(person: Somebody, all: readonly Somebody[]): string | null {
  if (person.id === null || person.role !== 'admin') return null;
  const others = all.some((each) => each.id !== null && each.id !== person.id && each.role === 'admin');
  return others
    ? null
    : `${person.name} is the last administrator. Make somebody else one first: nobody could invite, approve or change roles afterwards.`;
}

'use client';
import type { Permission } from '@cellblock/shared/role';
import { roleCan, rolesThatCan } from '@cellblock/shared/role-can';
import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '@/trpc/client';

/** Why the person who is signed in may not do it; null if they may. The server decides again. */
export function useMayNot(permission: Permission): string | null {
  const trpc = useTRPC();
  const me = useQuery(trpc.session.me.queryOptions());
  const user = me.data?.user;
  if (!user || roleCan(user.role, permission)) return null;
  const roles = rolesThatCan(permission).join(' or ');
  return `Needs role ${roles}; you have ${user.role}. Ask an administrator.`;
}

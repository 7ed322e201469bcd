'use client';
import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '@/trpc/client';

/** People and open invites; not asked where the answer would be a refusal. */
export function usePeople(enabled: boolean) {
  const trpc = useTRPC();
  return useQuery({ ...trpc.users.list.queryOptions(), enabled, refetchInterval: 30_000 });
}

export type Person = NonNullable<ReturnType<typeof usePeople>['data']>[number];

'use client';
import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '@/trpc/client';

/** What needs attention and how one's own tasks ended; the bell, the title and the page share the answer. */
export function useNotices() {
  const trpc = useTRPC();
  return useQuery(trpc.notices.list.queryOptions());
}

export type Notice = NonNullable<ReturnType<typeof useNotices>['data']>['alerts'][number];

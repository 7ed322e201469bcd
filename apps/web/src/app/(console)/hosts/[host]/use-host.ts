'use client';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'next/navigation';
import { useTRPC } from '@/trpc/client';

/** The host that the URL names. */
export function useHost() {
  const { host } = useParams<{ host: string }>();
  const trpc = useTRPC();
  return useQuery(trpc.hosts.get.queryOptions({ host: decodeURIComponent(host) }));
}

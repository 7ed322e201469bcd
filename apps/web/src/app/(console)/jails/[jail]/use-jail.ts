'use client';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'next/navigation';
import { useTRPC } from '@/trpc/client';

/** The jail that the URL names. */
export function useJail() {
  const { jail } = useParams<{ jail: string }>();
  const trpc = useTRPC();
  return useQuery(trpc.jails.get.queryOptions({ jail: decodeURIComponent(jail) }));
}

'use client';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Skeleton } from '@/ui/skeleton';
import { RefusalPanel } from './refusal-panel';

interface LoadedProps<Data> {
  query: UseQueryResult<Data, unknown>;
  /** Whose answer is awaited, once the wait is long. */
  waitingFor?: string;
  rows?: number;
  children: (data: Data) => ReactNode;
}

/** What a query shows: rows that are coming, why it failed, or its data; old data stays while a refetch fails. */
export function Loaded<Data>({ query, waitingFor, rows, children }: LoadedProps<Data>) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <RefusalPanel error={query.error} onRetry={() => void query.refetch()} />;
  return <Skeleton rows={rows} waitingFor={waitingFor} />;
}

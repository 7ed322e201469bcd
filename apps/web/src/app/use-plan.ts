'use client';
import type { PlanView } from '@cellblock/shared/views/plan-view';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

/** First part of the key of every plan in the query cache. */
export const PLAN = 'plan';

/** The value as it was when it had not changed for a while. */
export function useSettled<T>(value: T, ms = 100): T {
  const [settled, setSettled] = useState(value);
  const text = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(JSON.parse(text) as T), ms);
    return () => clearTimeout(timer);
  }, [text, ms]);
  return settled;
}

/** What a change would do, asked of the server while the form is filled in; null input: nothing to ask yet. */
export function usePlan<Input>(
  name: string,
  input: Input | null,
  dryRun: (input: Input) => Promise<unknown>,
) {
  const settled = useSettled(input);
  return useQuery({
    queryKey: [PLAN, name, settled],
    enabled: input !== null && settled !== null,
    placeholderData: keepPreviousData,
    staleTime: 2_000,
    refetchInterval: 10_000,
    refetchOnWindowFocus: false,
    retry: false,
    queryFn: async (): Promise<PlanView> => {
      const answer = (await dryRun(settled as Input)) as { plan: PlanView } | object;
      if ('plan' in answer) return answer.plan;
      throw new Error('The server changed something instead of planning it.');
    },
  });
}

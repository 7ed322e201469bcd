'use client';
import type { EnrolmentMade } from '@cellblock/shared/views/enrolment-view';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client';
import { PageHeader } from '@/ui/page-header';
import { Loaded } from '../../loaded';
import { Arrivals } from './arrivals';
import { LinePanel } from './line-panel';

/** What is seen of a machine that only fetches comes without a notice: it is no change of the fleet. */
const LOOK_MS = 2_000;

/** One line to paste on a machine, and the machines as they come, each let in by its fingerprint. */
export function EnrollPage() {
  const trpc = useTRPC();
  const [made, setMade] = useState<EnrolmentMade | null>(null);
  const progress = useQuery({
    ...trpc.hosts.enrolment.queryOptions({ id: made?.id ?? null }),
    refetchInterval: LOOK_MS,
  });
  return (
    <>
      <PageHeader title="Enrol a host" />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <LinePanel made={made} line={progress.data?.line ?? null} onMade={setMade} />
        <Loaded query={progress}>{(data) => <Arrivals progress={data} />}</Loaded>
      </div>
    </>
  );
}

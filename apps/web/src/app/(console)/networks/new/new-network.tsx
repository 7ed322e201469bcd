'use client';
import type { NetworkView } from '@cellblock/shared/views/network-view';
import { useRouter } from '@/app/use-router';
import { paths } from '@/paths';
import { PageHeader } from '@/ui/page-header';
import { NetworkForm } from './network-form';

export function NewNetwork() {
  const router = useRouter();
  return (
    <>
      <PageHeader title="New network" />
      <NetworkForm onMade={(network: NetworkView) => router.push(paths.network(network.name))} />
    </>
  );
}

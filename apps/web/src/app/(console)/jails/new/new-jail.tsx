'use client';
import { useSearchParams } from 'next/navigation';
import { useRouter } from '@/app/use-router';
import { paths } from '@/paths';
import { PageHeader } from '@/ui/page-header';
import { JailForm } from './jail-form';

export function NewJail() {
  const router = useRouter();
  const given = useSearchParams();
  return (
    <>
      <PageHeader title="New jail" />
      <JailForm
        given={{
          host: given.get('host') ?? undefined,
          network: given.get('network') ?? undefined,
          image: given.get('image') ?? undefined,
          address: given.get('ip') ?? undefined,
        }}
        onMade={(jail) => router.push(paths.jail(jail.name))}
      />
    </>
  );
}

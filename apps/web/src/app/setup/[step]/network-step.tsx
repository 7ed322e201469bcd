'use client';
import { useRouter } from '@/app/use-router';
import { paths } from '@/paths';
import { NetworkForm } from '../../(console)/networks/new/network-form';
import { SetupActions } from './setup-actions';

export function NetworkStep() {
  const router = useRouter();
  return (
    <>
      <NetworkForm onMade={() => router.push(paths.setup('jail'))} />
      <SetupActions />
    </>
  );
}

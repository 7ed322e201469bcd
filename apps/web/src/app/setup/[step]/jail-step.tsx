'use client';
import { useRouter } from '@/app/use-router';
import { paths } from '@/paths';
import { JailForm } from '../../(console)/jails/new/jail-form';
import { SetupActions } from './setup-actions';

export function JailStep() {
  const router = useRouter();
  return (
    <>
      <JailForm onMade={(jail) => router.push(paths.jail(jail.name))} />
      <SetupActions />
    </>
  );
}

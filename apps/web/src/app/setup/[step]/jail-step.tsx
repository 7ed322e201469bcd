'use client';
import dynamic from 'next/dynamic';
import { useRouter } from '@/app/use-router';
import { paths } from '@/paths';
import { SetupActions } from './setup-actions';

const JailForm = dynamic(
  () => import('../../(console)/jails/new/jail-form').then((module) => module.JailForm),
  {
    ssr: false,
  },
);

export function JailStep() {
  const router = useRouter();
  return (
    <>
      <JailForm onMade={(jail) => router.push(paths.jail(jail.name))} />
      <SetupActions />
    </>
  );
}

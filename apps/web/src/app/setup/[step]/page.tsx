import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { Suspense } from 'react';
import { SetupFrame } from './setup-frame';
import { isSetupStep } from './setup-steps';

export const metadata: Metadata = { title: 'Set-up' };

export default async function SetupPage({ params }: { params: Promise<{ step: string }> }) {
  const { step } = await params;
  if (!isSetupStep(step)) notFound();
  return (
    <Suspense>
      <SetupFrame step={step} />
    </Suspense>
  );
}

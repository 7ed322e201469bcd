import type { Metadata } from 'next';
import { Suspense } from 'react';
import { NewJail } from './new-jail';

export const metadata: Metadata = { title: 'New jail' };

export default function NewJailPage() {
  return (
    <Suspense>
      <NewJail />
    </Suspense>
  );
}

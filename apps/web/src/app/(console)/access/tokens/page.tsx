import type { Metadata } from 'next';
import { Suspense } from 'react';
import { TokensPage } from './tokens-page';

export const metadata: Metadata = { title: 'Tokens' };

export default function Page() {
  return (
    <Suspense>
      <TokensPage />
    </Suspense>
  );
}

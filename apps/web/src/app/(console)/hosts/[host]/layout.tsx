import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import { HostHeader } from './host-header';

interface Props {
  params: Promise<{ host: string }>;
  children: ReactNode;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: decodeURIComponent((await params).host) };
}

export default async function HostLayout({ params, children }: Props) {
  return (
    <>
      <HostHeader name={decodeURIComponent((await params).host)} />
      {children}
    </>
  );
}

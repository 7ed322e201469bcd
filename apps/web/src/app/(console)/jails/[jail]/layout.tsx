import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import { JailHeader } from './jail-header';

interface Props {
  params: Promise<{ jail: string }>;
  children: ReactNode;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: decodeURIComponent((await params).jail) };
}

export default async function JailLayout({ params, children }: Props) {
  const jail = decodeURIComponent((await params).jail);
  return (
    <>
      <JailHeader name={jail} />
      {children}
    </>
  );
}

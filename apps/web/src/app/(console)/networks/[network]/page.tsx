import type { Metadata } from 'next';
import { NetworkPage } from './network-page';

interface Props {
  params: Promise<{ network: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: decodeURIComponent((await params).network) };
}

export default async function Page({ params }: Props) {
  return <NetworkPage name={decodeURIComponent((await params).network)} />;
}

import type { Metadata } from 'next';
import { AddressPage } from './address-page';

interface Props {
  params: Promise<{ address: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: decodeURIComponent((await params).address) };
}

export default async function Page({ params }: Props) {
  return <AddressPage address={decodeURIComponent((await params).address)} />;
}

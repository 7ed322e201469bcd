import type { Metadata } from 'next';
import { NewNetwork } from './new-network';

export const metadata: Metadata = { title: 'New network' };

export default function NewNetworkPage() {
  return <NewNetwork />;
}

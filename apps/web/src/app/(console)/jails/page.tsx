import type { Metadata } from 'next';
import { JailList } from './jail-list';

export const metadata: Metadata = { title: 'Jails' };

export default function JailsPage() {
  return <JailList />;
}

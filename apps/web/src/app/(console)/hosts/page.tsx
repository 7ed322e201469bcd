import type { Metadata } from 'next';
import { HostList } from './host-list';

export const metadata: Metadata = { title: 'Hosts' };

export default function HostsPage() {
  return <HostList />;
}

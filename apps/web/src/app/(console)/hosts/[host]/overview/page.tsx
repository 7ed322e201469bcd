import { HostOverview } from './host-overview';

export default function HostOverviewPage() {
  return <HostOverview />;
}

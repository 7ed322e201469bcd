import { HostHistory } from './host-history';

export default function HostHistoryPage() {
  return <HostHistory />;
}

import { HostJails } from './host-jails';

export default function HostJailsPage() {
  return <HostJails />;
}

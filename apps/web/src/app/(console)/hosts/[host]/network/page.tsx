import { HostNetwork } from './host-network';

export default function HostNetworkPage() {
  return <HostNetwork />;
}

import { JailNetwork } from './jail-network';

export default function JailNetworkPage() {
  return <JailNetwork />;
}

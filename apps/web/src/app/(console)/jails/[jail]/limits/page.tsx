import { JailLimits } from './jail-limits';

export default function JailLimitsPage() {
  return <JailLimits />;
}

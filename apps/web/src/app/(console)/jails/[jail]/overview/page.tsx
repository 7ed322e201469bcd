import { JailOverview } from './jail-overview';

export default function JailOverviewPage() {
  return <JailOverview />;
}

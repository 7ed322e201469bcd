import { JailLogs } from './jail-logs';

export default function JailLogsPage() {
  return <JailLogs />;
}

import { JailHistory } from './jail-history';

export default function JailHistoryPage() {
  return <JailHistory />;
}

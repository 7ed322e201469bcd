import { JailConfig } from './jail-config';

export default function JailConfigPage() {
  return <JailConfig />;
}

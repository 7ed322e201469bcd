import { HostChecks } from './host-checks';

export default function HostChecksPage() {
  return <HostChecks />;
}

import { JailProcesses } from './jail-processes';

export default function JailProcessesPage() {
  return <JailProcesses />;
}

import { JailFiles } from './jail-files';

export default function JailFilesPage() {
  return <JailFiles />;
}

import { JailXray } from './jail-xray';

export default function JailXrayPage() {
  return <JailXray />;
}

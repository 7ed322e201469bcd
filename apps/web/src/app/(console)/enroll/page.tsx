import type { Metadata } from 'next';
import { EnrollPage } from './enroll-page';

export const metadata: Metadata = { title: 'Enrol a host' };

export default function Page() {
  return <EnrollPage />;
}

import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import { AuditPage } from './audit-page';

export const metadata: Metadata = { title: 'Audit' };

/** The list stays while one walks through the events beside it. */
export default function AuditLayout({ children }: { children: ReactNode }) {
  return <AuditPage>{children}</AuditPage>;
}

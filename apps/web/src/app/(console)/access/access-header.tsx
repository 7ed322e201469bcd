'use client';
import { usePathname } from 'next/navigation';
import type { ReactNode } from 'react';
import { Link } from '@/app/link';
import { type AccessTab, paths } from '@/paths';
import { PageHeader } from '@/ui/page-header';
import { TabBar } from '@/ui/tab-bar';

const tabs: readonly [AccessTab, string][] = [
  ['users', 'People'],
  ['roles', 'Roles'],
  ['tokens', 'Tokens'],
];

export function AccessHeader({ meta, actions }: { meta?: ReactNode; actions?: ReactNode }) {
  const pathname = usePathname();
  return (
    <>
      <PageHeader title="Access" meta={meta} actions={actions} />
      <TabBar
        label="Parts of access"
        tabs={tabs.map(([tab, label]) => ({
          label,
          active: pathname === paths.access(tab),
          link: <Link href={paths.access(tab)} />,
        }))}
      />
    </>
  );
}

'use client';
import dynamic from 'next/dynamic';
import { usePathname } from 'next/navigation';
import { Link } from '@/app/link';
import { type JailTab, paths } from '@/paths';
import { CopyButton } from '@/ui/copy-button';
import { PageHeader } from '@/ui/page-header';
import { TabBar } from '@/ui/tab-bar';
import { JailStateBadge } from '../../../jail-state-badge';
import { JailTruth } from './jail-truth';
import { useJail } from './use-jail';

const JailActions = dynamic(() => import('./jail-actions').then((module) => module.JailActions), {
  ssr: false,
});

const tabs: readonly [JailTab, string][] = [
  ['overview', 'Overview'],
  ['network', 'Network'],
  ['files', 'Files'],
  ['limits', 'Limits'],
  ['processes', 'Processes'],
  ['logs', 'Logs'],
  ['xray', 'X-ray'],
  ['history', 'History'],
  ['config', 'Config'],
];

export function JailHeader({ name }: { name: string }) {
  const { data: jail } = useJail();
  const pathname = usePathname();
  return (
    <>
      <PageHeader
        title={name}
        meta={
          jail && (
            <>
              <JailStateBadge state={jail.state} />
              <Link href={paths.host(jail.host.name)} className="mono hover:underline">
                {jail.host.name}
              </Link>
              {jail.addresses.slice(0, 2).map((each) => (
                <span key={each.id} className="inline-flex items-center gap-0.5 max-sm:hidden">
                  <Link href={paths.address(each.address)} className="mono hover:underline">
                    {each.address}
                  </Link>
                  <CopyButton text={each.address} label={`Copy ${each.address}`} />
                </span>
              ))}
              {jail.addresses.length > 2 && (
                <span className="max-sm:hidden">+{jail.addresses.length - 2}</span>
              )}
            </>
          )
        }
        actions={jail && <JailActions jail={jail} />}
      />
      {jail && <JailTruth jail={jail} />}
      <TabBar
        label={`Parts of ${name}`}
        tabs={tabs.map(([tab, label]) => ({
          label,
          count: tab === 'network' ? jail?.addresses.length : undefined,
          active: pathname.endsWith(`/${tab}`),
          link: <Link href={paths.jail(name, tab)} />,
        }))}
      />
    </>
  );
}

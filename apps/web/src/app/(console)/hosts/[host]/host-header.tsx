'use client';
import dynamic from 'next/dynamic';
import { usePathname } from 'next/navigation';
import { Link } from '@/app/link';
import { type HostTab, paths } from '@/paths';
import { Moment } from '@/ui/moment';
import { Note } from '@/ui/note';
import { useNow } from '@/ui/now';
import { PageHeader } from '@/ui/page-header';
import { TabBar } from '@/ui/tab-bar';
import { durationText } from '@/ui/time-text';
import { HostStateBadge } from '../../../host-state-badge';
import { ApproveHost } from './approve-host';
import { useHost } from './use-host';

const HostMenu = dynamic(() => import('./host-menu').then((module) => module.HostMenu), { ssr: false });

const tabs: readonly [HostTab, string][] = [
  ['overview', 'Overview'],
  ['jails', 'Jails'],
  ['network', 'Network'],
  ['checks', 'Checks'],
  ['answers', 'Answers'],
  ['history', 'History'],
];

export function HostHeader({ name }: { name: string }) {
  const { data: host } = useHost();
  const pathname = usePathname();
  const now = useNow();
  const counts: Partial<Record<HostTab, string>> = host
    ? {
        jails: String(host.jails.wanted),
        ...(host.checks.total > 0 && { checks: `${host.checks.have}/${host.checks.total}` }),
      }
    : {};
  return (
    <>
      <PageHeader
        title={name}
        meta={
          host && (
            <>
              <HostStateBadge state={host.state} />
              {host.agentVersion && <span>agent {host.agentVersion}</span>}
              {host.facts && now && host.state === 'ready' && (
                <span>up {durationText(now.getTime() - Date.parse(host.facts.bootedAt))}</span>
              )}
            </>
          )
        }
        actions={host && <HostMenu host={host} />}
      />
      {(host?.state === 'waiting' || host?.state === 'locked') && <ApproveHost host={host} />}
      {host?.state === 'unknown' && (
        <Note tone="warn" className="mb-3" title={`${name} is silent.`}>
          Last report: {host.lastReportAt ? <Moment at={host.lastReportAt} /> : 'never'}. What is shown was
          true then. Its jails go on by themselves; changes are recorded and wait until it is back.
        </Note>
      )}
      <TabBar
        label={`Parts of ${name}`}
        tabs={tabs.map(([tab, label]) => ({
          label,
          count: counts[tab],
          active: pathname.endsWith(`/${tab}`),
          link: <Link href={paths.host(name, tab)} />,
        }))}
      />
    </>
  );
}

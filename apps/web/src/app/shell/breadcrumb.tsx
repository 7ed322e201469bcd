'use client';
import { usePathname } from 'next/navigation';
import { Fragment } from 'react';
import { Link } from '@/app/link';
import { paths } from '@/paths';
import { cx } from '@/ui/cx';

interface Crumb {
  label: string;
  href?: string;
  mono?: boolean;
}

const sections: Record<string, Crumb> = {
  overview: { label: 'Overview', href: paths.overview() },
  hosts: { label: 'Hosts', href: paths.hosts() },
  enroll: { label: 'Enrol a host', href: paths.enroll() },
  jails: { label: 'Jails', href: paths.jails() },
  networks: { label: 'Networks', href: paths.networks() },
  images: { label: 'Images', href: paths.images() },
  ip: { label: 'Addresses', href: paths.networks() },
  account: { label: 'Your sign-in', href: paths.account() },
  tasks: { label: 'Tasks', href: paths.tasks() },
  access: { label: 'Access', href: paths.access() },
  notifications: { label: 'Notifications', href: paths.notifications() },
  audit: { label: 'Audit', href: paths.audit() },
};

function crumbsOf(pathname: string): Crumb[] {
  const [section = '', object] = pathname.split('/').filter(Boolean).map(decodeURIComponent);
  const crumbs = sections[section] ? [sections[section]] : [];
  if (object === 'new') crumbs.push({ label: section === 'jails' ? 'New jail' : 'New network' });
  else if (section === 'access')
    crumbs.push({ label: { users: 'People', roles: 'Roles', tokens: 'Tokens' }[object ?? ''] ?? '' });
  else if (object)
    crumbs.push({ label: section === 'audit' ? `#${object}` : object, mono: section !== 'audit' });
  return crumbs;
}

/** Where one is, from the URL. */
export function Breadcrumb() {
  const crumbs = crumbsOf(usePathname());
  return (
    <nav aria-label="Breadcrumb" className="flex min-w-0 items-center gap-1 text-muted">
      <Link href={paths.overview()} className="hover:text-strong">
        Fleet
      </Link>
      {crumbs.map((crumb, at) => {
        const last = at === crumbs.length - 1;
        const className = cx(
          'truncate',
          last ? 'font-medium text-strong' : 'hover:text-strong',
          crumb.mono && 'mono',
        );
        return (
          <Fragment key={crumb.label}>
            <span aria-hidden>/</span>
            {last || !crumb.href ? (
              <span aria-current={last ? 'page' : undefined} className={className}>
                {crumb.label}
              </span>
            ) : (
              <Link href={crumb.href} className={className}>
                {crumb.label}
              </Link>
            )}
          </Fragment>
        );
      })}
    </nav>
  );
}

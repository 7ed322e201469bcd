'use client';
import { usePathname } from 'next/navigation';
import { Link } from '@/app/link';
import { cx } from '@/ui/cx';
import { countText } from '@/ui/number-text';
import { navItems } from './nav-items';

export type NavCounts = Partial<Record<'hosts' | 'jails' | 'networks' | 'tasks', number>>;

export function NavList({ counts, onFollow }: { counts: NavCounts; onFollow?: () => void }) {
  const pathname = usePathname();
  return (
    <nav aria-label="Sections" className="flex flex-col gap-px">
      {navItems.map(({ label, href, icon: Icon, count, under = href }) => {
        const here = pathname === under || pathname.startsWith(`${under}/`);
        const shown = count && counts[count];
        return (
          <Link
            key={href}
            href={href}
            onClick={onFollow}
            aria-current={here ? 'page' : undefined}
            className={cx(
              'flex h-7 items-center gap-2.5 rounded-control px-2 pointer-coarse:h-10',
              here ? 'bg-surface-hover font-medium text-strong' : 'text-muted hover:text-strong',
            )}
          >
            <Icon
              className={cx('size-4', here ? 'text-default' : 'text-faint')}
              strokeWidth={1.75}
              aria-hidden
            />
            {label}
            {shown !== undefined && (
              <span className="ml-auto text-small font-normal text-faint">{countText(shown)}</span>
            )}
          </Link>
        );
      })}
    </nav>
  );
}

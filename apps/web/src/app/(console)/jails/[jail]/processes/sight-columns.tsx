'use client';
import type { GrantView } from '@cellblock/shared/views/grant-view';
import { Link } from '@/app/link';
import { paths } from '@/paths';
import { Button } from '@/ui/button';
import { type Column, NameCell } from '@/ui/data-table';
import { Moment } from '@/ui/moment';
import { useNow } from '@/ui/now';
import { StatusBadge } from '@/ui/status-badge';
import { durationText } from '@/ui/time-text';

interface SightColumnsOptions {
  /** whose page it is */
  jail: string;
  denied: string | null;
  onRevoke: (grant: GrantView) => void;
}

/** Permissions from and to a jail: which way, who granted it, when it ends. */
export function sightColumns({ jail, denied, onRevoke }: SightColumnsOptions): Column<GrantView>[] {
  return [
    {
      key: 'way',
      header: 'Permission',
      wraps: 'narrow',
      cell: (grant) => (
        <NameCell
          second={
            <>
              {grant.by} · <Ends grant={grant} />
            </>
          }
        >
          {grant.viewer === jail ? 'sees the processes of ' : 'is seen by '}
          <OtherJail name={grant.viewer === jail ? grant.target : grant.viewer} />
        </NameCell>
      ),
    },
    { key: 'by', header: 'Granted by', width: 'w-44', from: 'sm', cell: ({ by }) => by },
    {
      key: 'at',
      header: 'Granted',
      width: 'w-28',
      from: 'md',
      cell: ({ grantedAt }) => <Moment at={grantedAt} className="text-muted" />,
    },
    { key: 'ends', header: 'Ends', width: 'w-56', from: 'sm', cell: (grant) => <Ends grant={grant} /> },
    {
      key: 'revoke',
      header: <span className="sr-only">Revoke</span>,
      width: 'w-24',
      align: 'right',
      cell: (grant) => (
        <Button
          look="danger"
          aria-label={`Revoke that ${grant.viewer} sees ${grant.target}`}
          disabledReason={denied ?? (grant.revoking && `${grant.revoking.by} revoked it`)}
          onClick={() => onRevoke(grant)}
        >
          Revoke…
        </Button>
      ),
    },
  ];
}

function OtherJail({ name }: { name: string }) {
  return (
    <Link href={paths.jail(name)} className="mono font-medium text-strong hover:underline">
      {name}
    </Link>
  );
}

/** When it ends, by its host's own clock; whoever revoked it waits for that host. */
function Ends({ grant }: { grant: GrantView }) {
  const now = useNow();
  const left = now && Date.parse(grant.until) - now.getTime();
  if (grant.revoking !== null) return <StatusBadge tone="warn">revoked, {grant.host} is silent</StatusBadge>;
  return (
    <time dateTime={grant.until} title={grant.until} suppressHydrationWarning>
      {left === null ? grant.until : left <= 0 ? 'its time is over' : `in ${durationText(left)}`}
    </time>
  );
}

'use client';
import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client';
import { Button } from '@/ui/button';
import { type Column, DataTable } from '@/ui/data-table';
import { EmptyState } from '@/ui/empty-state';
import { Moment } from '@/ui/moment';
import { StatusBadge } from '@/ui/status-badge';
import { Loaded } from '../../../loaded';
import { useMayNot } from '../../../may';
import { useAsking } from '../../../use-asking';
import { AccessPage } from '../access-page';
import { CreateTokenDialog } from './create-token-dialog';
import { RevokeTokenDialog } from './revoke-token-dialog';
import { TokenExpiry } from './token-expiry';

export function TokensPage() {
  const trpc = useTRPC();
  const me = useQuery(trpc.session.me.queryOptions());
  const denied = useMayNot('administer');
  const tokens = useQuery({
    ...trpc.tokens.list.queryOptions(),
    enabled: me.data !== undefined && denied === null,
    refetchInterval: 30_000,
  });
  type Token = NonNullable<typeof tokens.data>[number];
  const [asking, setAsking] = useAsking(['new']);
  const [ending, setEnding] = useState<string | null>(null);
  const columns: readonly Column<Token>[] = [
    {
      key: 'name',
      header: 'Token',
      width: 'w-[18%] max-sm:w-[58%]',
      cell: (token) => (
        <>
          <span className="font-medium text-strong">{token.name}</span>
          <span className="block truncate leading-[18px] text-muted sm:hidden">
            {token.role} · <TokenExpiry token={token} />
          </span>
        </>
      ),
    },
    { key: 'role', header: 'Role', width: 'w-[10%]', from: 'sm', cell: (token) => token.role },
    { key: 'owner', header: 'Owner', width: 'w-[14%]', from: 'sm', cell: (token) => token.owner },
    {
      key: 'expires',
      header: 'Expires',
      width: 'w-[20%]',
      from: 'sm',
      cell: (token) => <TokenExpiry token={token} />,
    },
    {
      key: 'used',
      header: 'Last used',
      width: 'w-[14%]',
      from: 'md',
      cell: (token) =>
        token.lastUsedAt ? (
          <Moment at={token.lastUsedAt} className="text-muted" />
        ) : (
          <StatusBadge tone="idle">never</StatusBadge>
        ),
    },
    {
      key: 'from',
      header: 'From',
      from: 'lg',
      mono: true,
      cell: (token) => token.lastUsedFrom ?? '—',
    },
    {
      key: 'revoke',
      header: <span className="sr-only">Revoke</span>,
      width: 'w-[96px]',
      align: 'right',
      cell: (token) => (
        <Button look="danger" onClick={() => setEnding(token.name)} aria-label={`Revoke ${token.name}`}>
          Revoke…
        </Button>
      ),
    },
  ];
  return (
    <AccessPage
      meta={
        tokens.data && (
          <span>
            {tokens.data.length} {tokens.data.length === 1 ? 'token' : 'tokens'}
          </span>
        )
      }
      add={{ label: 'New token', onPress: () => setAsking('new') }}
    >
      <Loaded query={tokens} rows={4}>
        {(rows) => (
          <DataTable
            label="Tokens"
            columns={columns}
            rows={rows}
            rowKey={(token) => token.name}
            empty={
              <EmptyState
                command="cellblock token create ci-1 --role operator --expires 30d"
                action={
                  <Button look="primary" icon={<Plus aria-hidden />} onClick={() => setAsking('new')}>
                    New token
                  </Button>
                }
              >
                No tokens yet. A token lets a program act with a role of its own, until a day that you choose.
              </EmptyState>
            }
          />
        )}
      </Loaded>
      {asking === 'new' && <CreateTokenDialog onClose={() => setAsking(null)} />}
      {ending !== null && <RevokeTokenDialog name={ending} onClose={() => setEnding(null)} />}
    </AccessPage>
  );
}

'use client';
import type { NetworkView } from '@cellblock/shared/views/network-view';
import { useQuery } from '@tanstack/react-query';
import { Bookmark, Ellipsis, Trash2 } from 'lucide-react';
import Link from 'next/link';
import { useQueryState } from 'nuqs';
import { useState } from 'react';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { Button } from '@/ui/button';
import { IconButton } from '@/ui/icon-button';
import { Menu, MenuItem } from '@/ui/menu';
import { PageHeader } from '@/ui/page-header';
import { TabBar } from '@/ui/tab-bar';
import { Loaded } from '../../../loaded';
import { useMayNot } from '../../../may';
import { AddressPanel } from './address-panel';
import { NetworkFacts } from './network-facts';
import { PoolAddresses } from './pool-addresses';
import { RemoveNetworkDialog } from './remove-network-dialog';
import { ReserveRangeDialog } from './reserve-range-dialog';

export function NetworkPage({ name }: { name: string }) {
  const trpc = useTRPC();
  const network = useQuery(trpc.networks.get.queryOptions({ network: name }));
  return <Loaded query={network}>{(data) => <Detail network={data} />}</Loaded>;
}

function Detail({ network }: { network: NetworkView }) {
  const [poolName, setPool] = useQueryState('pool');
  const [selected, setSelected] = useQueryState('sel');
  const [asking, setAsking] = useState<'reserve' | 'remove' | null>(null);
  const mayNotReserve = useMayNot('operate');
  const mayNotRemove = useMayNot('administer');
  const pool = network.pools.find((each) => each.name === poolName) ?? network.pools[0];
  const select = (address: string | null) => void setSelected(address);
  return (
    <>
      <PageHeader
        title={network.name}
        meta={
          <>
            {network.subnets.map((subnet) => (
              <span key={subnet.prefix} className="mono">
                {subnet.prefix}
              </span>
            ))}
            <span>{network.reachText}</span>
          </>
        }
        actions={
          <>
            {pool && (
              <Button
                icon={<Bookmark aria-hidden />}
                disabledReason={mayNotReserve}
                onClick={() => setAsking('reserve')}
              >
                Reserve range…
              </Button>
            )}
            <Menu trigger={<IconButton label="More" icon={<Ellipsis />} framed />}>
              <MenuItem
                icon={<Trash2 />}
                danger
                disabledReason={
                  mayNotRemove ??
                  (network.jails > 0
                    ? `${network.jails} jails are attached. Release or destroy them first.`
                    : null)
                }
                onSelect={() => setAsking('remove')}
              >
                Remove…
              </MenuItem>
            </Menu>
          </>
        }
      />
      {network.pools.length > 1 && (
        <TabBar
          label="Pools"
          tabs={network.pools.map((each) => ({
            label: each.name,
            active: each.id === pool?.id,
            link: (
              <Link
                href={paths.network(network.name, { pool: each.name })}
                onClick={(event) => {
                  event.preventDefault();
                  void setPool(each.name);
                  void setSelected(null);
                }}
              />
            ),
          }))}
        />
      )}
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_minmax(0,500px)]">
        <div className="flex min-w-0 flex-col gap-4">
          {pool && <PoolAddresses pool={pool} selected={selected} onSelect={select} />}
          {selected && <NetworkFacts network={network} pool={pool ?? null} />}
        </div>
        {selected ? (
          <AddressPanel key={selected} address={selected} network={network} onClose={() => select(null)} />
        ) : (
          <NetworkFacts network={network} pool={pool ?? null} />
        )}
      </div>
      {asking === 'reserve' && pool && (
        <ReserveRangeDialog pool={pool} first={selected ?? ''} onClose={() => setAsking(null)} />
      )}
      {asking === 'remove' && <RemoveNetworkDialog network={network} onClose={() => setAsking(null)} />}
    </>
  );
}

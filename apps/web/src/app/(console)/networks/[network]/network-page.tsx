'use client';
import type { NetworkView } from '@cellblock/shared/views/network-view';
import { useQuery } from '@tanstack/react-query';
import { Bookmark } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useQueryState } from 'nuqs';
import { useState } from 'react';
import { Link } from '@/app/link';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { Button } from '@/ui/button';
import { PageHeader } from '@/ui/page-header';
import { TabBar } from '@/ui/tab-bar';
import { Loaded } from '../../../loaded';
import { useMayNot } from '../../../may';
import { NetworkFacts } from './network-facts';
import { PoolAddresses } from './pool-addresses';

const AddressPanel = dynamic(() => import('./address-panel').then((module) => module.AddressPanel), {
  ssr: false,
});
const RemoveNetworkDialog = dynamic(
  () => import('./remove-network-dialog').then((module) => module.RemoveNetworkDialog),
  { ssr: false },
);
const ReserveRangeDialog = dynamic(
  () => import('./reserve-range-dialog').then((module) => module.ReserveRangeDialog),
  { ssr: false },
);
const NewPoolDialog = dynamic(() => import('./new-pool-dialog').then((module) => module.NewPoolDialog), {
  ssr: false,
});
const NetworkMenu = dynamic(() => import('./network-menu').then((module) => module.NetworkMenu), {
  ssr: false,
});

export function NetworkPage({ name }: { name: string }) {
  const trpc = useTRPC();
  const network = useQuery(trpc.networks.get.queryOptions({ network: name }));
  return <Loaded query={network}>{(data) => <Detail network={data} />}</Loaded>;
}

function Detail({ network }: { network: NetworkView }) {
  const [poolName, setPool] = useQueryState('pool');
  const [selected, setSelected] = useQueryState('sel');
  const [asking, setAsking] = useState<'reserve' | 'remove' | 'pool' | null>(null);
  const mayNotReserve = useMayNot('operate');
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
            <NetworkMenu
              network={network}
              onNewPool={() => setAsking('pool')}
              onRemove={() => setAsking('remove')}
            />
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
      {asking === 'pool' && (
        <NewPoolDialog
          network={network}
          onClose={() => setAsking(null)}
          onMade={(name) => {
            setAsking(null);
            void setPool(name);
          }}
        />
      )}
      {asking === 'remove' && <RemoveNetworkDialog network={network} onClose={() => setAsking(null)} />}
    </>
  );
}

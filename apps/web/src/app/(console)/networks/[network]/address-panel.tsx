'use client';
import type { AddressView } from '@cellblock/shared/views/address-view';
import type { NetworkView } from '@cellblock/shared/views/network-view';
import { useQuery } from '@tanstack/react-query';
import { ExternalLink } from 'lucide-react';
import { Link } from '@/app/link';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { buttonClass } from '@/ui/button-class';
import { PanelHead } from '@/ui/panel';
import { SidePanel } from '@/ui/side-panel';
import { AddressStateBadge } from '../../../address-state-badge';
import { Loaded } from '../../../loaded';
import { AddressActions } from '../../ip/[address]/address-actions';
import { AddressNow } from '../../ip/[address]/address-now';
import { HolderTable } from '../../ip/[address]/holder-table';
import { HolderTimeline } from '../../ip/[address]/holder-timeline';
import { AssignHere } from './assign-here';

interface AddressPanelProps {
  address: string;
  network: NetworkView;
  onClose: () => void;
}

/** One cell of the grid in full; a free address can be given to a jail right here. */
export function AddressPanel({ address, network, onClose }: AddressPanelProps) {
  const trpc = useTRPC();
  const query = useQuery(trpc.ips.show.queryOptions({ address }));
  return (
    <SidePanel
      title={
        <>
          <span className="mono">{address}</span>
          {query.data && (
            <AddressStateBadge state={query.data.current?.successor ? 'moving' : query.data.state} />
          )}
        </>
      }
      onClose={onClose}
    >
      <Loaded query={query} rows={4}>
        {(view) => <Content view={view} network={network} />}
      </Loaded>
    </SidePanel>
  );
}

function Content({ view, network }: { view: AddressView; network: NetworkView }) {
  const canBeGiven = view.state === 'free' || view.state === 'cooling';
  return (
    <>
      <AddressNow view={view} />
      <div className="flex flex-wrap gap-2 px-3 pb-3">
        <AddressActions view={view} />
        <Link href={paths.address(view.address)} className={buttonClass()}>
          <ExternalLink aria-hidden /> Open
        </Link>
      </div>
      {canBeGiven && <AssignHere address={view.address} network={network} />}
      {view.history.length > 0 && (
        <>
          <PanelHead inner title="Who held this address" />
          <HolderTimeline history={view.history} />
          <div className="px-1">
            <HolderTable history={view.history} compact />
          </div>
        </>
      )}
    </>
  );
}

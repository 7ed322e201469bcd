'use client';
import type { JailView } from '@cellblock/shared/views/jail-view';
import { ArrowLeftRight, Plus, Unplug } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useEffect, useState } from 'react';
import { Link } from '@/app/link';
import { paths } from '@/paths';
import { Button } from '@/ui/button';
import { CopyButton } from '@/ui/copy-button';
import { IconButton } from '@/ui/icon-button';
import { Moment } from '@/ui/moment';
import { Panel } from '@/ui/panel';
import { AddressStateBadge } from '../../../../address-state-badge';
import { useMayNot } from '../../../../may';
import { useAsking } from '../../../../use-asking';

const AssignIpDialog = dynamic(() => import('./assign-ip-dialog').then((module) => module.AssignIpDialog), {
  ssr: false,
});
const MoveIpDialog = dynamic(() => import('./move-ip-dialog').then((module) => module.MoveIpDialog), {
  ssr: false,
});
const ReleaseIpDialog = dynamic(
  () => import('./release-ip-dialog').then((module) => module.ReleaseIpDialog),
  { ssr: false },
);

type Asking = { act: 'release' | 'move'; address: string } | null;
type Held = JailView['addresses'][number];

export function AddressTable({ jail }: { jail: JailView }) {
  const [asking, setAsking] = useState<Asking>(null);
  const [named, setNamed] = useAsking(['assign']);
  const denied = useMayNot('operate');
  const gone = jail.wanted.state === 'destroyed' ? `${jail.name} is destroyed.` : null;
  const close = () => {
    setAsking(null);
    setNamed(null);
  };
  useEffect(() => {
    // The dialogs are at hand when somebody asks for them, and not in the first load.
    void import('./assign-ip-dialog');
    void import('./move-ip-dialog');
    void import('./release-ip-dialog');
  }, []);
  return (
    <Panel
      title="Addresses"
      meta={jail.addresses.length || undefined}
      actions={
        <Button
          icon={<Plus aria-hidden />}
          disabledReason={denied ?? gone}
          onClick={() => setNamed('assign')}
        >
          Assign address
        </Button>
      }
    >
      {jail.addresses.length === 0 ? (
        <p className="p-3 text-muted">
          No address. Nothing reaches this jail over a network, and it reaches nothing.
        </p>
      ) : (
        <ul>
          {jail.interfaces.flatMap((nic) =>
            nic.addresses.map((held) => (
              <AddressRow
                key={held.id}
                held={held}
                where={`${nic.name} · ${nic.network.name}`}
                denied={denied}
                onRelease={() => setAsking({ act: 'release', address: held.address })}
                onMove={() => setAsking({ act: 'move', address: held.address })}
              />
            )),
          )}
        </ul>
      )}
      {named === 'assign' && !denied && !gone && <AssignIpDialog jail={jail} onClose={close} />}
      {asking?.act === 'release' && (
        <ReleaseIpDialog jail={jail.name} host={jail.host.name} address={asking.address} onClose={close} />
      )}
      {asking?.act === 'move' && <MoveIpDialog from={jail.name} address={asking.address} onClose={close} />}
    </Panel>
  );
}

interface AddressRowProps {
  held: Held;
  where: string;
  denied: string | null;
  onRelease: () => void;
  onMove: () => void;
}

function AddressRow({ held, where, denied, onRelease, onMove }: AddressRowProps) {
  const leaving =
    held.state === 'releasing' || held.state === 'moving'
      ? `${held.address} is ${held.state}: wait until the host has confirmed it.`
      : null;
  return (
    <li className="flex min-h-[38px] flex-wrap items-center gap-x-3 border-b border-line-subtle px-3 py-1 last:border-b-0">
      <span className="inline-flex items-center gap-0.5">
        <Link href={paths.address(held.address)} className="mono font-medium text-strong hover:underline">
          {held.address}
        </Link>
        <span className="mono text-faint">/{held.prefixLength}</span>
        <CopyButton text={held.address} label={`Copy ${held.address}`} />
      </span>
      <AddressStateBadge state={held.state} />
      <span className="min-w-0 flex-1 truncate text-muted max-sm:hidden">
        {where}
        <span>
          {' · '}
          {held.seenFrom ? (
            <>
              since <Moment at={held.seenFrom} />
            </>
          ) : (
            <>
              wanted <Moment at={held.wantedFrom} />
            </>
          )}
        </span>
      </span>
      <span className="ml-auto flex">
        <IconButton
          label={`Move ${held.address} to another jail`}
          icon={<ArrowLeftRight />}
          disabledReason={denied ?? leaving}
          onClick={onMove}
        />
        <IconButton
          label={`Release ${held.address}`}
          icon={<Unplug />}
          disabledReason={denied ?? leaving}
          onClick={onRelease}
        />
      </span>
    </li>
  );
}

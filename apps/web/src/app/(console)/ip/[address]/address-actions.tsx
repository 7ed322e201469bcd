'use client';
import type { AddressView } from '@cellblock/shared/views/address-view';
import { ArrowLeftRight, Unplug } from 'lucide-react';
import dynamic from 'next/dynamic';
import { Button } from '@/ui/button';
import { useMayNot } from '../../../may';
import { useAsking } from '../../../use-asking';

const MoveIpDialog = dynamic(
  () => import('../../jails/[jail]/network/move-ip-dialog').then((module) => module.MoveIpDialog),
  { ssr: false },
);
const ReleaseIpDialog = dynamic(
  () => import('../../jails/[jail]/network/release-ip-dialog').then((module) => module.ReleaseIpDialog),
  { ssr: false },
);

/** Move and release, where there is a holder; a release that a silent host does not confirm can be forced. */
export function AddressActions({ view }: { view: AddressView }) {
  const [asking, setAsking] = useAsking(['move', 'release']);
  const denied = useMayNot('operate');
  const { current, address } = view;
  if (!current) return null;
  const leaving = current.wantedUntil !== null;
  const moveReason = leaving
    ? `${address} is being released: wait until ${current.host.name} has confirmed it.`
    : null;
  return (
    <>
      <Button
        icon={<ArrowLeftRight aria-hidden />}
        disabledReason={denied ?? moveReason}
        onClick={() => setAsking('move')}
      >
        Move…
      </Button>
      <Button icon={<Unplug aria-hidden />} disabledReason={denied} onClick={() => setAsking('release')}>
        Release…
      </Button>
      {asking === 'move' && !denied && !moveReason && (
        <MoveIpDialog address={address} from={current.jail.name} onClose={() => setAsking(null)} />
      )}
      {asking === 'release' && !denied && (
        <ReleaseIpDialog
          jail={current.jail.name}
          host={current.host.name}
          address={address}
          unconfirmed={leaving}
          onClose={() => setAsking(null)}
        />
      )}
    </>
  );
}

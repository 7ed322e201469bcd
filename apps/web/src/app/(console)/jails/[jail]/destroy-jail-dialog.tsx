'use client';
import type { JailView } from '@cellblock/shared/views/jail-view';
import { useState } from 'react';
import { useTRPCClient } from '@/trpc/client';
import { Checkbox } from '@/ui/checkbox';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { RefusalPanel } from '../../../refusal-panel';
import { useChange } from '../../../use-change';

export function DestroyJailDialog({ jail, onClose }: { jail: JailView; onClose: () => void }) {
  const client = useTRPCClient();
  const [purge, setPurge] = useState(false);
  const change = useChange({
    run: () => client.jails.destroy.mutate({ jail: jail.id, purge }),
    done: () => `${jail.name} is destroyed`,
    onAccepted: onClose,
  });
  const addresses = jail.addresses.map((each) => each.address).join(', ');
  const ownRoot = jail.settings.root.kind !== 'dir';
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      danger
      title={`Destroy ${jail.name} on ${jail.host.name}`}
      typeName={jail.name}
      action={`Destroy ${jail.name}`}
      pending={change.isPending}
      onConfirm={() => change.mutate(undefined)}
      error={change.error ? <RefusalPanel error={change.error} /> : undefined}
      consequence={
        <>
          <p>Its processes are ended. {diskText(ownRoot, purge)}</p>
          {addresses && (
            <p className="mt-1">
              <span className="mono">{addresses}</span>: releasing until {jail.host.name} confirms, then
              cooling.
            </p>
          )}
        </>
      }
    >
      {ownRoot && (
        <Checkbox checked={purge} onChange={setPurge} hint="There is no way back then.">
          Remove its disk at once
        </Checkbox>
      )}
    </ConfirmDialog>
  );
}

function diskText(ownRoot: boolean, purge: boolean): string {
  if (!ownRoot) return 'Its root is a directory of yours and is never deleted.';
  return purge
    ? 'Its disk is removed at once.'
    : 'Its disk stays 24 h for restore, and its name stays taken.';
}

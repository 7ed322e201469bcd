'use client';
import type { NetworkView } from '@cellblock/shared/views/network-view';
import { Ellipsis, Trash2 } from 'lucide-react';
import { IconButton } from '@/ui/icon-button';
import { Menu, MenuItem } from '@/ui/menu';
import { useMayNot } from '../../../may';

export function NetworkMenu({ network, onRemove }: { network: NetworkView; onRemove: () => void }) {
  const denied = useMayNot('administer');
  const busy =
    network.jails > 0 ? `${network.jails} jails are attached. Release or destroy them first.` : null;
  return (
    <Menu trigger={<IconButton label="More" icon={<Ellipsis />} framed />}>
      <MenuItem icon={<Trash2 />} danger disabledReason={denied ?? busy} onSelect={onRemove}>
        Remove…
      </MenuItem>
    </Menu>
  );
}

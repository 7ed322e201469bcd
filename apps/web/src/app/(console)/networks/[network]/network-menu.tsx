'use client';
import type { NetworkView } from '@cellblock/shared/views/network-view';
import { Ellipsis, Plus, Trash2 } from 'lucide-react';
import { IconButton } from '@/ui/icon-button';
import { Menu, MenuItem } from '@/ui/menu';
import { useMayNot } from '../../../may';

interface NetworkMenuProps {
  network: NetworkView;
  onNewPool: () => void;
  onRemove: () => void;
}

export function NetworkMenu({ network, onNewPool, onRemove }: NetworkMenuProps) {
  const denied = useMayNot('administer');
  const busy =
    network.jails > 0 ? `${network.jails} jails are attached. Release or destroy them first.` : null;
  return (
    <Menu trigger={<IconButton label="More" icon={<Ellipsis />} framed />}>
      <MenuItem icon={<Plus />} disabledReason={denied} onSelect={onNewPool}>
        New pool…
      </MenuItem>
      <MenuItem icon={<Trash2 />} danger disabledReason={denied ?? busy} onSelect={onRemove}>
        Remove…
      </MenuItem>
    </Menu>
  );
}

'use client';
import { Dialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { IconButton } from '@/ui/icon-button';
import { Brand } from './brand';
import { type NavCounts, NavList } from './nav-list';
import { type Person, UserMenu } from './user-menu';

interface DrawerProps {
  open: boolean;
  onClose: () => void;
  counts: NavCounts;
  person: Person | null;
}

/** The sidebar where there is no room for one. */
export function Drawer({ open, onClose, counts, person }: DrawerProps) {
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="overlay-in fixed inset-0 z-40 bg-[rgb(0_0_0/0.4)]" />
        <Dialog.Popup className="overlay-in fixed inset-y-0 left-0 z-40 flex w-64 flex-col gap-3 border-r border-line-default bg-surface-canvas p-2 shadow-overlay">
          <Dialog.Title className="sr-only">Menu</Dialog.Title>
          <div className="flex items-center justify-between pl-2">
            <Brand />
            <IconButton label="Close menu" icon={<X />} onClick={onClose} />
          </div>
          <NavList counts={counts} onFollow={onClose} />
          <div className="mt-auto">
            <UserMenu person={person} />
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

'use client';
import type { JailProcess } from '@cellblock/shared/jail-process';
import { Ellipsis, OctagonX, Power } from 'lucide-react';
import { IconButton } from '@/ui/icon-button';
import { Menu, MenuItem } from '@/ui/menu';

export function SignalMenu({
  process,
  onSignal,
}: {
  process: JailProcess;
  onSignal: (process: JailProcess, signal: 'TERM' | 'KILL') => void;
}) {
  return (
    <Menu
      trigger={
        <IconButton
          label={`Signal process ${process.jailPid ?? process.pid}`}
          icon={<Ellipsis aria-hidden />}
        />
      }
    >
      <MenuItem icon={<Power aria-hidden />} onSelect={() => onSignal(process, 'TERM')}>
        Ask it to end (TERM)
      </MenuItem>
      <MenuItem icon={<OctagonX aria-hidden />} danger onSelect={() => onSignal(process, 'KILL')}>
        Kill it (KILL)
      </MenuItem>
    </Menu>
  );
}

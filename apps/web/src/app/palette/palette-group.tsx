'use client';
import { Command } from 'cmdk';
import type { PaletteAction } from './palette-action';

interface PaletteGroupProps {
  name: string;
  actions: readonly PaletteAction[];
  onPick: (action: PaletteAction) => void;
}

/** Lines under one heading; what cannot be chosen now says why. */
export function PaletteGroup({ name, actions, onPick }: PaletteGroupProps) {
  return (
    <Command.Group
      heading={name}
      className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-micro [&_[cmdk-group-heading]]:text-faint"
    >
      {actions.map((action) => {
        const { key, label, detail, icon: Icon, mono, reason } = action;
        return (
          <Command.Item
            key={key}
            value={`${name}/${key}`}
            disabled={Boolean(reason)}
            onSelect={() => onPick(action)}
            className="flex min-h-8 items-center gap-2.5 rounded-control px-2 text-default aria-disabled:text-muted data-[selected=true]:bg-surface-hover data-[selected=true]:text-strong pointer-coarse:min-h-11"
          >
            <Icon className="size-4 shrink-0 text-faint" strokeWidth={1.75} aria-hidden />
            <span className={mono ? 'mono' : 'truncate'}>{label}</span>
            {(reason || detail) && (
              <span className="ml-auto min-w-0 truncate text-small text-muted">
                {reason && reason !== 'An example' ? reason : detail}
              </span>
            )}
          </Command.Item>
        );
      })}
    </Command.Group>
  );
}

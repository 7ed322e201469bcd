'use client';
import { Dialog } from '@base-ui/react/dialog';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Command } from 'cmdk';
import { Box, type LucideIcon, MapPin, Network, Search, Server } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useDeferredValue, useState } from 'react';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { navItems } from '../shell/nav-items';
import { actionsFor, type PaletteAction } from './palette-actions';
import { readPasted } from './read-pasted';

type ObjectKind = 'jail' | 'host' | 'network' | 'address';

const kinds: Record<ObjectKind, { icon: LucideIcon; href: (name: string) => string }> = {
  jail: { icon: Box, href: (name) => paths.jail(name) },
  host: { icon: Server, href: (name) => paths.host(name) },
  network: { icon: Network, href: (name) => paths.network(name) },
  address: { icon: MapPin, href: (name) => paths.address(name) },
};

const isKind = (type: string): type is ObjectKind => type in kinds;

/** ⌘K: finds an object, answers a pasted address, goes to a section, begins an action. */
export function Palette({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC();
  const router = useRouter();
  const [text, setText] = useState('');
  const q = useDeferredValue(text.trim());
  const found = useQuery({
    ...trpc.search.all.queryOptions({ q }),
    enabled: q.length > 0,
    placeholderData: keepPreviousData,
  });
  const pasted = readPasted(q);
  const results = q ? (found.data ?? []).filter((each) => isKind(each.type)) : [];

  function go(href: string) {
    onClose();
    router.push(href);
  }

  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="overlay-in fixed inset-0 z-40 bg-[rgb(0_0_0/0.4)]" />
        <Dialog.Popup className="overlay-in fixed inset-x-3 top-[10vh] z-40 mx-auto max-w-xl rounded-panel border border-line-default bg-surface-overlay shadow-overlay">
          <Dialog.Title className="sr-only">Find or run a command</Dialog.Title>
          <Command label="Find or run a command" shouldFilter={false} loop>
            <div className="flex items-center gap-2 border-b border-line-subtle px-3">
              <Search className="size-4 text-muted" aria-hidden />
              <Command.Input
                autoFocus
                value={text}
                onValueChange={setText}
                placeholder="Address, jail, host, network, #event or an action"
                className="h-11 flex-1 bg-transparent text-lead text-strong placeholder:text-faint focus:outline-none"
              />
            </div>
            <Command.List className="max-h-[60vh] overflow-y-auto p-1.5">
              <Command.Empty className="p-3 text-muted">
                {found.isFetching
                  ? 'Searching…'
                  : `Nothing is called ${q}. Destroyed jails are found in the audit history.`}
              </Command.Empty>
              {pasted.length > 0 && <Group name="Go to" actions={pasted} onPick={go} />}
              {results.length > 0 && (
                <Group
                  name="Found"
                  onPick={go}
                  actions={results.flatMap((each) =>
                    isKind(each.type)
                      ? [
                          {
                            key: `${each.type}/${each.id}`,
                            label: each.name,
                            detail: each.detail,
                            icon: kinds[each.type].icon,
                            href: kinds[each.type].href(each.name),
                            mono: each.type === 'address',
                          },
                        ]
                      : [],
                  )}
                />
              )}
              <Group name="Actions" actions={actionsFor(q)} onPick={go} />
              <Group
                name="Sections"
                onPick={go}
                actions={navItems
                  .filter((item) => item.label.toLowerCase().includes(q.toLowerCase()))
                  .map((item) => ({ ...item, key: item.href, detail: `g ${item.key}` }))}
              />
            </Command.List>
          </Command>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Group({
  name,
  actions,
  onPick,
}: {
  name: string;
  actions: readonly PaletteAction[];
  onPick: (href: string) => void;
}) {
  if (actions.length === 0) return null;
  return (
    <Command.Group
      heading={name}
      className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-micro [&_[cmdk-group-heading]]:text-faint"
    >
      {actions.map(({ key, label, detail, icon: Icon, href, mono }) => (
        <Command.Item
          key={key}
          value={key}
          onSelect={() => onPick(href)}
          className="flex min-h-8 items-center gap-2.5 rounded-control px-2 text-default data-[selected=true]:bg-surface-hover data-[selected=true]:text-strong pointer-coarse:min-h-11"
        >
          <Icon className="size-4 shrink-0 text-faint" strokeWidth={1.75} aria-hidden />
          <span className={mono ? 'mono' : 'truncate'}>{label}</span>
          {detail && <span className="ml-auto truncate text-small text-muted">{detail}</span>}
        </Command.Item>
      ))}
    </Command.Group>
  );
}

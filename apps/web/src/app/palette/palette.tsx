'use client';
import { Dialog } from '@base-ui/react/dialog';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Command } from 'cmdk';
import {
  Box,
  CircleUser,
  History,
  Keyboard,
  ListChecks,
  type LucideIcon,
  MapPin,
  Network,
  Search,
  Server,
} from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { useRouter } from '@/app/use-router';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { navItems } from '../shell/nav-items';
import { readRecent } from '../shell/recent';
import { matching, type PaletteAction } from './palette-action';
import { PaletteGroup } from './palette-group';
import { readPasted } from './read-pasted';
import { useGlobalActions } from './use-global-actions';
import { usePageActions } from './use-page-actions';

const kinds: Record<string, { icon: LucideIcon; href: (name: string) => string }> = {
  jail: { icon: Box, href: (name) => paths.jail(name) },
  host: { icon: Server, href: (name) => paths.host(name) },
  network: { icon: Network, href: (name) => paths.network(name) },
  address: { icon: MapPin, href: (name) => paths.address(name) },
  task: { icon: ListChecks, href: (name) => paths.task(name) },
  user: { icon: CircleUser, href: (name) => paths.audit(`actor:${name}`) },
};

interface PaletteProps {
  onClose: () => void;
  onKeys: () => void;
}

/** ⌘K: finds an object, answers what was pasted, goes to a section, begins an action. */
export function Palette({ onClose, onKeys }: PaletteProps) {
  const router = useRouter();
  const [text, setText] = useState('');
  const [value, setValue] = useState('');
  const { groups, searching } = useGroups(useDeferredValue(text.trim()), onKeys);
  const all = groups.flatMap((group) =>
    group.actions.map((action) => ({ id: `${group.name}/${action.key}`, action })),
  );

  function pick(action: PaletteAction, newTab = false) {
    if (action.reason) return;
    if (action.href && newTab) {
      window.open(action.href, '_blank', 'noopener');
      return;
    }
    onClose();
    if (action.href) router.push(action.href);
    else action.run?.();
  }

  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="overlay-in fixed inset-0 z-40 bg-[rgb(0_0_0/0.4)]" />
        <Dialog.Popup className="overlay-in fixed inset-x-3 top-[10vh] z-40 mx-auto max-w-xl rounded-panel border border-line-default bg-surface-overlay shadow-overlay">
          <Dialog.Title className="sr-only">Find or run a command</Dialog.Title>
          <Command
            label="Find or run a command"
            shouldFilter={false}
            loop
            value={value}
            onValueChange={setValue}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey)) return;
              const chosen = all.find(({ id }) => id === value);
              if (!chosen) return;
              event.preventDefault();
              pick(chosen.action, true);
            }}
          >
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
                {searching
                  ? 'Searching…'
                  : `Nothing is called ${text.trim()}. Destroyed jails are found in the audit history.`}
              </Command.Empty>
              {groups.map((group) => (
                <PaletteGroup key={group.name} {...group} onPick={(action) => pick(action)} />
              ))}
            </Command.List>
            <p className="flex flex-wrap gap-x-3 border-t border-line-subtle px-3 py-1.5 text-small text-faint max-sm:hidden">
              <span>
                <span className="mono">&gt;</span> actions
              </span>
              <span>
                <span className="mono">@</span> people
              </span>
              <span>
                <span className="mono">?</span> help
              </span>
              <span className="ml-auto">⏎ open · ⌘⏎ new tab</span>
            </p>
          </Command>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

interface Group {
  name: string;
  actions: PaletteAction[];
}

const help: readonly [string, string][] = [
  ['10.20.4.93', 'who holds it, and who held it when'],
  ['10.20.0.0/16', 'jails with an address in it'],
  ['02:42:ac:11:00:02', 'the jail with this MAC'],
  ['T-17', 'a task'],
  ['#184220', 'an event of the history'],
  ['0190c3f2-…', 'an object, or the events of a request'],
];

/** The sign that a text begins with says where to look; without one everywhere. */
function useGroups(q: string, onKeys: () => void): { groups: Group[]; searching: boolean } {
  const trpc = useTRPC();
  const mode = q[0] === '>' || q[0] === '@' || q[0] === '?' ? q[0] : '';
  const rest = mode ? q.slice(1).trim() : q;
  const everywhere = useGlobalActions();
  const page = usePageActions();
  const found = useQuery({
    ...trpc.search.all.queryOptions({ q: rest }),
    enabled: mode === '' && rest.length > 0,
    placeholderData: keepPreviousData,
  });
  const people = useQuery({ ...trpc.search.people.queryOptions({ q: rest }), enabled: mode === '@' });
  const lines = (rows: typeof found.data): PaletteAction[] =>
    (rows ?? []).flatMap(({ type, id, name, detail }) => {
      const kind = kinds[type];
      return kind
        ? [
            {
              key: `${type}/${id}`,
              label: name,
              detail,
              icon: kind.icon,
              href: kind.href(name),
              mono: type === 'address',
            },
          ]
        : [];
    });
  const here = {
    name: page.about ? `On ${page.about}` : 'On this page',
    actions: matching(page.actions, rest),
  };
  const actions = { name: 'Actions', actions: matching(everywhere, rest) };
  const groups = (): Group[] => {
    if (mode === '>') return [here, actions];
    if (mode === '@') return [{ name: 'What they did', actions: lines(people.data) }];
    if (mode === '?')
      return [
        {
          name: 'Help',
          actions: [{ key: 'keys', label: 'Keys of the keyboard', detail: '?', icon: Keyboard, run: onKeys }],
        },
        {
          name: 'What can be pasted here',
          actions: help.map(([label, detail]) => ({
            key: label,
            label,
            detail,
            icon: Search,
            mono: true,
            reason: 'An example',
          })),
        },
      ];
    const recent = q
      ? []
      : readRecent()
          .filter(({ label }) => label !== page.about)
          .map(({ href, label, kind }) => ({
            key: href,
            label,
            detail: kind,
            icon: History,
            href,
          }));
    return [
      { name: 'Go to', actions: readPasted(rest) },
      { name: 'Found', actions: rest ? lines(found.data) : [] },
      here,
      { name: 'Recent', actions: recent },
      actions,
      {
        name: 'Sections',
        actions: matching(
          navItems.map((item) => ({
            key: item.href,
            label: item.label,
            icon: item.icon,
            href: item.href,
            detail: `g ${item.key}`,
          })),
          rest,
        ),
      },
    ];
  };
  return {
    groups: groups().filter((group) => group.actions.length > 0),
    searching: found.isFetching || people.isFetching,
  };
}

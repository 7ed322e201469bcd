'use client';
import { useQuery } from '@tanstack/react-query';
import {
  ArrowLeftRight,
  Copy,
  FileText,
  Gauge,
  History,
  ListChecks,
  ListTree,
  Play,
  Plus,
  RotateCw,
  ShieldCheck,
  Square,
  Trash2,
  Unplug,
} from 'lucide-react';
import { usePathname, useSearchParams } from 'next/navigation';
import { paths } from '@/paths';
import { useTRPC, useTRPCClient } from '@/trpc/client';
import { copyText } from '@/ui/copy-button';
import { useToast } from '@/ui/toast';
import { actReason, type JailAct } from '../(console)/jails/[jail]/jail-act-reason';
import { useMayNot } from '../may';
import { useChange } from '../use-change';
import { pageSubject } from './page-subject';
import type { PaletteAction } from './palette-action';

/** What can be done with the page's jail, host or address. What has a confirm leads to that confirm. */
export function usePageActions(): { about: string | null; actions: PaletteAction[] } {
  const subject = pageSubject(usePathname(), useSearchParams().get('peek'));
  const jail = useJailActions(subject?.type === 'jail' ? subject.name : null);
  const host = useHostActions(subject?.type === 'host' ? subject.name : null);
  const address = useAddressActions(subject?.type === 'address' ? subject.name : null);
  return { about: subject?.name ?? null, actions: [...jail, ...host, ...address] };
}

function useCopy() {
  const toast = useToast();
  return (text: string) => void copyText(text).then((done) => done && toast('ok', 'Copied', text));
}

function useJailActions(name: string | null): PaletteAction[] {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const denied = useMayNot('operate');
  const copy = useCopy();
  const query = useQuery({ ...trpc.jails.get.queryOptions({ jail: name ?? '' }), enabled: name !== null });
  const start = useChange({
    run: (jail: string) => client.jails.start.mutate({ jail }),
    done: (jail) => `${jail} is running`,
  });
  const jail = query.data;
  if (name === null || !jail) return [];
  const reason = (act: JailAct) => denied ?? actReason(jail, act);
  const asks = (act: JailAct) => `${paths.jail(name)}?do=${act}`;
  return [
    {
      key: 'start',
      label: `Start ${name}`,
      icon: Play,
      run: () => start.mutate(name),
      reason: reason('start'),
    },
    { key: 'stop', label: `Stop ${name}…`, icon: Square, href: asks('stop'), reason: reason('stop') },
    {
      key: 'restart',
      label: `Restart ${name}…`,
      icon: RotateCw,
      href: asks('restart'),
      reason: reason('restart'),
    },
    {
      key: 'assign',
      label: `Assign an address to ${name}…`,
      icon: Plus,
      href: `${paths.jail(name, 'network')}?do=assign`,
      reason: denied,
    },
    { key: 'limits', label: `Limits of ${name}`, icon: Gauge, href: paths.jail(name, 'limits') },
    { key: 'processes', label: `Processes of ${name}`, icon: ListTree, href: paths.jail(name, 'processes') },
    { key: 'logs', label: `Logs of ${name}`, icon: FileText, href: paths.jail(name, 'logs') },
    { key: 'history', label: `History of ${name}`, icon: History, href: paths.jail(name, 'history') },
    {
      key: 'copy',
      label: `Copy “cellblock show ${name}”`,
      icon: Copy,
      run: () => copy(`cellblock show ${name}`),
    },
    {
      key: 'destroy',
      label: `Destroy ${name}…`,
      icon: Trash2,
      href: asks('destroy'),
      reason: reason('destroy'),
    },
  ];
}

function useHostActions(name: string | null): PaletteAction[] {
  const administer = useMayNot('administer');
  const copy = useCopy();
  if (name === null) return [];
  return [
    { key: 'checks', label: `Checks of ${name}`, icon: ShieldCheck, href: paths.host(name, 'checks') },
    { key: 'answers', label: `Answers of ${name}`, icon: ListChecks, href: paths.host(name, 'answers') },
    { key: 'history', label: `History of ${name}`, icon: History, href: paths.host(name, 'history') },
    {
      key: 'copy',
      label: `Copy “cellblock host show ${name}”`,
      icon: Copy,
      run: () => copy(`cellblock host show ${name}`),
    },
    {
      key: 'remove',
      label: `Remove ${name}…`,
      icon: Trash2,
      href: `${paths.host(name)}?do=remove`,
      reason: administer,
    },
  ];
}

function useAddressActions(address: string | null): PaletteAction[] {
  const trpc = useTRPC();
  const denied = useMayNot('operate');
  const copy = useCopy();
  const query = useQuery({
    ...trpc.ips.show.queryOptions({ address: address ?? '' }),
    enabled: address !== null,
  });
  if (address === null) return [];
  const current = query.data?.current;
  const nobody = current ? null : `Nobody holds ${address}.`;
  const leaving = current?.wantedUntil ? `${address} is being released already.` : null;
  return [
    {
      key: 'move',
      label: `Move ${address}…`,
      icon: ArrowLeftRight,
      href: `${paths.address(address)}?do=move`,
      reason: denied ?? nobody ?? leaving,
    },
    {
      key: 'release',
      label: `Release ${address}…`,
      icon: Unplug,
      href: `${paths.address(address)}?do=release`,
      reason: denied ?? nobody,
    },
    {
      key: 'copy',
      label: `Copy “cellblock ip show ${address}”`,
      icon: Copy,
      run: () => copy(`cellblock ip show ${address}`),
    },
  ];
}

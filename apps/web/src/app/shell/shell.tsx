'use client';
import { useQuery } from '@tanstack/react-query';
import dynamic from 'next/dynamic';
import { usePathname } from 'next/navigation';
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { useTRPC } from '@/trpc/client';
import { useZone } from '@/ui/zone';
import { LiveProvider, useLive } from './live';
import { LostStrip } from './lost-strip';
import type { NavCounts } from './nav-list';
import { keepRecent } from './recent';
import { useSectionKeys } from './section-keys';
import { Sidebar } from './sidebar';
import { StatusBar } from './status-bar';
import { TopBar } from './top-bar';
import { useStateTitle } from './use-state-title';

const loadPalette = () => import('../palette/palette').then((module) => module.Palette);
const Palette = dynamic(loadPalette, { ssr: false });
const KeySheet = dynamic(() => import('./key-sheet').then((module) => module.KeySheet), { ssr: false });
const Drawer = dynamic(() => import('./drawer').then((module) => module.Drawer), { ssr: false });

export function Shell({ children }: { children: ReactNode }) {
  return (
    <LiveProvider>
      <Frame>{children}</Frame>
    </LiveProvider>
  );
}

function Frame({ children }: { children: ReactNode }) {
  const trpc = useTRPC();
  const me = useQuery(trpc.session.me.queryOptions());
  const overview = useQuery(trpc.fleet.overview.queryOptions());
  const networks = useQuery(trpc.networks.list.queryOptions());
  const notices = useQuery(trpc.notices.list.queryOptions());
  const open = {
    count: notices.data ? notices.data.counts.alerts + notices.data.counts.mine : 0,
    worst: notices.data?.worst ?? null,
  };
  useStateTitle(open.count, open.worst);
  const live = useLive();
  const { zoneNow, setZone } = useZone();
  const [finding, setFinding] = useState(false);
  const [menu, setMenu] = useState(false);
  const [keys, setKeys] = useState(false);
  const showKeys = useCallback(() => setKeys(true), []);
  const pathname = usePathname();
  useEffect(() => keepRecent(pathname), [pathname]);
  useSectionKeys(
    useCallback(() => setZone(zoneNow() === 'utc' ? 'local' : 'utc'), [zoneNow, setZone]),
    showKeys,
  );
  useEffect(() => {
    // At hand when ⌘K is pressed: what is typed next must not be lost to loading.
    const timer = setTimeout(() => void loadPalette(), 1000);
    return () => clearTimeout(timer);
  }, []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key === 'k') {
        event.preventDefault();
        setFinding((before) => !before);
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);

  const counts: NavCounts = {
    hosts: overview.data?.counts.hosts,
    jails: overview.data?.counts.jails,
    networks: networks.data?.length,
    tasks: overview.data?.counts.tasksOpen || undefined,
  };
  const person = me.data?.user ?? null;
  return (
    <div className="grid h-dvh grid-cols-[208px_minmax(0,1fr)] grid-rows-[44px_minmax(0,1fr)_28px] max-md:grid-cols-1 max-sm:grid-rows-[48px_minmax(0,1fr)_32px]">
      <a
        href="#main"
        className="absolute top-1 left-1 z-50 -translate-y-16 rounded-control bg-accent-solid px-3 py-1.5 text-on-accent focus:translate-y-0"
      >
        Skip to content
      </a>
      <Sidebar counts={counts} person={person} />
      <TopBar onFind={() => setFinding(true)} onMenu={() => setMenu(true)} notices={open} />
      <main id="main" tabIndex={-1} className="min-w-0 overflow-x-hidden overflow-y-auto focus:outline-none">
        <LostStrip live={live} />
        <div className="px-5 py-4 max-sm:p-3">{children}</div>
      </main>
      <StatusBar
        live={live}
        lastEventAt={overview.data?.recent[0]?.at ?? null}
        hosts={
          overview.data
            ? { reporting: overview.data.counts.hostsReady, total: overview.data.counts.hosts }
            : null
        }
      />
      {menu && <Drawer open onClose={() => setMenu(false)} counts={counts} person={person} />}
      {finding && <Palette onClose={() => setFinding(false)} onKeys={showKeys} />}
      {keys && <KeySheet onClose={() => setKeys(false)} />}
    </div>
  );
}

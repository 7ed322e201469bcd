'use client';
import { useQueryClient } from '@tanstack/react-query';
import { useSubscription } from '@trpc/tanstack-react-query';
import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from 'react';
import { useTRPC } from '@/trpc/client';

/** Whether what the screen shows follows the server. `lost`: since when nothing new can have come. */
export type LiveState = { kind: 'connecting' } | { kind: 'live' } | { kind: 'lost'; since: Date };

const LiveContext = createContext<LiveState>({ kind: 'connecting' });

/** Changes that come within this time are asked for once. */
const GATHER_MS = 150;

/** The server pings more often than this; whoever hears nothing for so long has lost it. */
const SILENT_MS = 5_000;
const PROBE_MS = 500;

/** Whether the dashboard can be reached now, over a connection of its own. */
async function answers(): Promise<boolean> {
  try {
    const answer = await fetch('/api/trpc/session.me', {
      signal: AbortSignal.timeout(2_000),
      cache: 'no-store',
    });
    return answer.ok;
  } catch {
    return false;
  }
}

/** Which queries a topic makes old: by the noun before its slash. */
function useStaleBy() {
  const trpc = useTRPC();
  const jails = trpc.jails.pathFilter();
  const hosts = trpc.hosts.pathFilter();
  const networks = trpc.networks.pathFilter();
  const pools = trpc.pools.pathFilter();
  const ips = trpc.ips.pathFilter();
  const fleet = trpc.fleet.pathFilter();
  const tasks = trpc.tasks.pathFilter();
  const notices = trpc.notices.pathFilter();
  const images = trpc.images.pathFilter();
  const staleBy: Record<string, { queryKey?: readonly unknown[] }[]> = {
    // Whose root an image is, is told with the images.
    jail: [jails, fleet, hosts, ips, images, trpc.grants.pathFilter()],
    host: [hosts, fleet, jails, tasks],
    network: [networks, pools, hosts],
    pool: [pools, networks],
    address: [ips, pools, networks, jails],
    task: [tasks, fleet, notices],
    notice: [notices],
    image: [images],
    answers: [trpc.answers.pathFilter()],
    // Who may come in changes nothing else than the history.
    audit: [trpc.audit.pathFilter(), fleet, trpc.users.pathFilter(), trpc.tokens.pathFilter()],
  };
  return staleBy;
}

export function LiveProvider({ children }: { children: ReactNode }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const staleBy = useStaleBy();
  const waiting = useRef(new Set<string>());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [state, setState] = useState<LiveState>({ kind: 'connecting' });

  function refresh() {
    if (waiting.current.has('*')) void queryClient.invalidateQueries();
    const old = new Map<string, { queryKey?: readonly unknown[] }>();
    for (const noun of waiting.current)
      for (const filter of staleBy[noun] ?? []) old.set(JSON.stringify(filter.queryKey), filter);
    waiting.current.clear();
    timer.current = undefined;
    for (const filter of old.values()) void queryClient.invalidateQueries(filter);
  }

  function heard() {
    setState((before) => {
      // After a gap everything on the screen may be old, whatever the stream could still replay.
      if (before.kind === 'lost') void queryClient.invalidateQueries();
      return before.kind === 'live' ? before : { kind: 'live' };
    });
  }

  const subscription = useSubscription(
    trpc.fleet.changes.subscriptionOptions(undefined, {
      onStarted: heard,
      onData: (change) => {
        heard();
        for (const topic of change.data.topics) waiting.current.add(topic.split('/')[0] ?? '');
        timer.current ??= setTimeout(refresh, GATHER_MS);
      },
      onConnectionStateChange: (connection) => {
        if (connection.state === 'connecting' && connection.error) {
          setState((before) =>
            before.kind === 'lost' ? before : { kind: 'lost', since: new Date(Date.now() - SILENT_MS) },
          );
        }
        if (connection.state === 'pending') heard();
      },
    }),
  );
  useEffect(() => () => clearTimeout(timer.current), []);

  const { reset } = subscription;
  const lost = state.kind === 'lost';
  useEffect(() => {
    if (!lost) return;
    // The browser waits longer and longer between its tries, and the page must be right soon after the way is open.
    let asking = false;
    const probe = setInterval(async () => {
      if (asking) return;
      asking = true;
      if (await answers()) {
        reset();
        void queryClient.invalidateQueries();
      }
      asking = false;
    }, PROBE_MS);
    return () => clearInterval(probe);
  }, [lost, reset, queryClient]);

  return <LiveContext value={state}>{children}</LiveContext>;
}

export const useLive = () => useContext(LiveContext);

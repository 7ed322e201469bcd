'use client';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@/app/link';
import { useRouter } from '@/app/use-router';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { CellMap } from '@/ui/cell-map';
import { Panel } from '@/ui/panel';
import { byHost, cellLook, LOOK_WORDS } from './fleet-cells';

/** A cell for each jail, host by host: where something is wrong is seen before it is read. */
export function FleetMap() {
  const trpc = useTRPC();
  const router = useRouter();
  const jails = useQuery(trpc.jails.list.queryOptions({}));
  if (!jails.data || jails.data.jails.length === 0) return null;
  const hosts = byHost(jails.data.jails);
  return (
    <Panel title="Jails by host" meta={jails.data.jails.length}>
      <ul>
        {hosts.map(([host, rows]) => (
          <li key={host} className="flex items-start gap-3 border-b border-line-subtle px-3 py-2">
            <Link
              href={paths.host(host, 'jails')}
              className="mono w-28 shrink-0 truncate text-strong hover:underline"
            >
              {host}
            </Link>
            <CellMap
              label={`Jails of ${host}`}
              cells={rows.map((jail) => ({
                key: jail.name,
                look: cellLook(jail.state),
                label: `${jail.name}, ${jail.state}`,
              }))}
              onOpen={(name) => router.push(paths.jail(name))}
            />
          </li>
        ))}
      </ul>
      <CellMap.Legend words={LOOK_WORDS} />
    </Panel>
  );
}

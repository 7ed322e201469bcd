'use client';
import type { GrantView } from '@cellblock/shared/views/grant-view';
import type { JailView } from '@cellblock/shared/views/jail-view';
import { useQuery } from '@tanstack/react-query';
import { Eye } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useMemo, useState } from 'react';
import { useTRPC } from '@/trpc/client';
import { Button } from '@/ui/button';
import { DataTable } from '@/ui/data-table';
import { Panel } from '@/ui/panel';
import { Loaded } from '../../../../loaded';
import { useMayNot } from '../../../../may';
import { useAsking } from '../../../../use-asking';
import { sightColumns } from './sight-columns';

const GrantSightDialog = dynamic(
  () => import('./grant-sight-dialog').then((module) => module.GrantSightDialog),
  { ssr: false },
);
const RevokeSightDialog = dynamic(
  () => import('./revoke-sight-dialog').then((module) => module.RevokeSightDialog),
  { ssr: false },
);

/** Whose processes a jail may see, and who may see its own: for a time, by name. */
export function SightPanel({ jail }: { jail: JailView }) {
  const trpc = useTRPC();
  const denied = useMayNot('operate');
  const [asking, setAsking] = useAsking(['see']);
  const [revoking, setRevoking] = useState<GrantView | null>(null);
  const query = useQuery({
    ...trpc.grants.list.queryOptions({ ended: false, jail: jail.id }),
    refetchInterval: 10_000,
  });
  const columns = useMemo(
    () => sightColumns({ jail: jail.name, denied, onRevoke: setRevoking }),
    [jail.name, denied],
  );
  return (
    <Panel
      title="May see"
      meta="processes of other jails, and who sees its own"
      actions={
        <Button icon={<Eye aria-hidden />} disabledReason={denied} onClick={() => setAsking('see')}>
          Let see…
        </Button>
      }
    >
      <Loaded query={query}>
        {(grants) => (
          <>
            <DataTable
              label={`What ${jail.name} may see, and who may see it`}
              columns={columns}
              rows={grants}
              rowKey={({ id }) => id}
              empty={
                <p className="p-3 text-muted">
                  {jail.name} sees its own processes alone, and no other jail sees them.
                </p>
              }
            />
            {grants.some(({ viewer }) => viewer === jail.name) && (
              <p className="p-3 text-small text-muted">
                In {jail.name} the list stands in <span className="mono">/run/cellblock/see/</span>, one file
                for each jail, without what their commands were given.
              </p>
            )}
          </>
        )}
      </Loaded>
      {asking === 'see' && <GrantSightDialog jail={jail} onClose={() => setAsking(null)} />}
      {revoking && <RevokeSightDialog grant={revoking} onClose={() => setRevoking(null)} />}
    </Panel>
  );
}

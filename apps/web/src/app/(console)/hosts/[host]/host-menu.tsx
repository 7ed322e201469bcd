'use client';
import type { HostView } from '@cellblock/shared/views/host-view';
import { Ellipsis, Trash2 } from 'lucide-react';
import { useRouter } from '@/app/use-router';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { IconButton } from '@/ui/icon-button';
import { Menu, MenuItem } from '@/ui/menu';
import { useMayNot } from '../../../may';
import { RefusalPanel } from '../../../refusal-panel';
import { useAsking } from '../../../use-asking';
import { useOwnChange } from '../../../use-own-change';

export function HostMenu({ host }: { host: HostView }) {
  const trpc = useTRPC();
  const router = useRouter();
  const denied = useMayNot('administer');
  const [asking, setAsking] = useAsking(['remove']);
  const remove = useOwnChange(trpc.hosts.remove.mutationOptions(), {
    done: () => `${host.name} is removed`,
    onClose: () => router.push(paths.hosts()),
  });
  const busy =
    host.jails.wanted > 0 ? `${host.jails.wanted} jails are wanted there. Destroy them first.` : null;
  return (
    <>
      <Menu trigger={<IconButton label="More" icon={<Ellipsis />} framed />}>
        <MenuItem
          icon={<Trash2 />}
          danger
          disabledReason={denied ?? busy}
          onSelect={() => setAsking('remove')}
        >
          Remove…
        </MenuItem>
      </Menu>
      <ConfirmDialog
        open={asking === 'remove' && !denied && !busy}
        onClose={() => setAsking(null)}
        danger
        title={`Remove ${host.name}`}
        typeName={host.name}
        action={`Remove ${host.name}`}
        consequence="The dashboard forgets the host and refuses its key. Nothing on the host is touched: root there removes our parts with `cellblock agent purge`."
        pending={remove.isPending}
        onConfirm={() => remove.mutate({ host: host.id })}
        error={remove.error ? <RefusalPanel error={remove.error} /> : undefined}
      />
    </>
  );
}

'use client';
import { jailCan } from '@cellblock/shared/jail-can';
import type { JailView } from '@cellblock/shared/views/jail-view';
import { ArchiveRestore, Ellipsis, Play, RotateCw, Square, Trash2 } from 'lucide-react';
import { useTRPCClient } from '@/trpc/client';
import { Button } from '@/ui/button';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { IconButton } from '@/ui/icon-button';
import { Menu, MenuItem } from '@/ui/menu';
import { useMayNot } from '../../../may';
import { RefusalPanel } from '../../../refusal-panel';
import { useAsking } from '../../../use-asking';
import { useChange } from '../../../use-change';
import { DestroyJailDialog } from './destroy-jail-dialog';
import { actReason } from './jail-act-reason';

type Act = 'start' | 'stop' | 'restart' | 'restore';

const consequences: Record<Exclude<Act, 'start'>, (name: string) => string> = {
  stop: (name) =>
    `Its processes are ended and its addresses stay its own. ${name} starts again only when you say so.`,
  restart: (name) =>
    `All processes of ${name} are ended and its command is started anew. Its addresses stay.`,
  restore: (name) =>
    `${name} gets its root back and starts. Addresses that others took meanwhile are not given back.`,
};

const past: Record<Act, string> = {
  start: 'running',
  stop: 'stopped',
  restart: 'running again',
  restore: 'restored',
};

export function JailActions({ jail }: { jail: JailView }) {
  const client = useTRPCClient();
  const denied = useMayNot('operate');
  const [named, setAsking] = useAsking(['stop', 'restart', 'restore', 'destroy']);
  const change = useChange({
    run: (act: Act) => client.jails[act].mutate({ jail: jail.id }),
    done: (act) => `${jail.name} is ${past[act]}`,
    onAccepted: () => setAsking(null),
  });
  const reason = (act: Act | 'destroy') => denied ?? actReason(jail, act);

  // A link may name what cannot be done any more.
  const asking = named && reason(named) === null ? named : null;

  const close = () => {
    change.reset();
    setAsking(null);
  };

  if (jail.wanted.state === 'destroyed') {
    return (
      <>
        <Button
          icon={<ArchiveRestore aria-hidden />}
          disabledReason={reason('restore')}
          onClick={() => setAsking('restore')}
        >
          Restore
        </Button>
        <Confirm act={asking} jail={jail} change={change} onClose={close} />
      </>
    );
  }
  return (
    <>
      {jailCan.start(jail) === null && (
        <Button
          look="primary"
          icon={<Play aria-hidden />}
          disabledReason={reason('start')}
          pending={change.isPending}
          onClick={() => change.mutate('start')}
        >
          Start
        </Button>
      )}
      {jailCan.stop(jail) === null && (
        <>
          <Button
            icon={<Square aria-hidden />}
            disabledReason={reason('stop')}
            onClick={() => setAsking('stop')}
          >
            Stop
          </Button>
          <Button
            icon={<RotateCw aria-hidden />}
            disabledReason={reason('restart')}
            onClick={() => setAsking('restart')}
            className="max-sm:hidden"
          >
            Restart
          </Button>
        </>
      )}
      <Menu trigger={<IconButton label="More" icon={<Ellipsis />} framed />}>
        <MenuItem
          icon={<RotateCw />}
          disabledReason={reason('restart')}
          onSelect={() => setAsking('restart')}
        >
          Restart…
        </MenuItem>
        <MenuItem
          icon={<Trash2 />}
          danger
          disabledReason={reason('destroy')}
          onSelect={() => setAsking('destroy')}
        >
          Destroy…
        </MenuItem>
      </Menu>
      <Confirm act={asking} jail={jail} change={change} onClose={close} />
      {asking === 'destroy' && <DestroyJailDialog jail={jail} onClose={close} />}
      {asking === null && change.error && <RefusalPanel error={change.error} />}
    </>
  );
}

interface ConfirmProps {
  act: Act | 'destroy' | null;
  jail: JailView;
  change: { mutate: (act: Act) => void; isPending: boolean; error: unknown };
  onClose: () => void;
}

function Confirm({ act, jail, change, onClose }: ConfirmProps) {
  if (act === null || act === 'destroy' || act === 'start') return null;
  const verb = act[0]?.toUpperCase() + act.slice(1);
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={`${verb} ${jail.name} on ${jail.host.name}`}
      consequence={consequences[act](jail.name)}
      action={`${verb} ${jail.name}`}
      pending={change.isPending}
      onConfirm={() => change.mutate(act)}
      error={change.error ? <RefusalPanel error={change.error} /> : undefined}
    />
  );
}

'use client';
import type { EnrolmentMade, EnrolmentProgress } from '@cellblock/shared/views/enrolment-view';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client';
import { Button } from '@/ui/button';
import { CommandLine } from '@/ui/command-line';
import { Moment } from '@/ui/moment';
import { Note } from '@/ui/note';
import { useNow } from '@/ui/now';
import { Panel } from '@/ui/panel';
import { TextField } from '@/ui/text-field';
import { useMayNot } from '../../may';
import { placeRefusal } from '../../place-refusal';
import { WhatTheLineDoes } from './what-the-line-does';

interface LinePanelProps {
  made: EnrolmentMade | null;
  /** how the line stands, as the server sees it */
  line: EnrolmentProgress['line'];
  onMade: (made: EnrolmentMade | null) => void;
}

/** Step 1: the line, as long as it enrols somebody. */
export function LinePanel({ made, line, onMade }: LinePanelProps) {
  const now = useNow();
  if (!made) return <MakeLine onMade={onMade} />;
  const left = now && Math.max(0, Date.parse(made.expiresAt) - now.getTime());
  const over = line?.usedAt ? 'used' : left === 0 ? 'expired' : null;
  return (
    <Panel title="1. Run this on the host as root" meta={over ?? (left !== null && timeLeft(left))}>
      <div className="flex flex-col gap-3 p-3">
        {over ? (
          <LineIsOver over={over} line={line} made={made} onAnother={() => onMade(null)} />
        ) : (
          <>
            <CommandLine command={made.line} />
            <p className="text-muted">
              It enrols one machine{line?.name ? `, which is then called ${line.name}` : ''}, once, until{' '}
              <Moment at={made.expiresAt} show="absolute" />. It holds a secret that is shown this once.
            </p>
            <WhatTheLineDoes made={made} />
          </>
        )}
      </div>
    </Panel>
  );
}

function MakeLine({ onMade }: { onMade: (made: EnrolmentMade) => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const denied = useMayNot('administer');
  const [name, setName] = useState('');
  const make = useMutation(
    trpc.hosts.enroll.mutationOptions({
      onSuccess: (made) => {
        onMade(made);
        void queryClient.invalidateQueries(trpc.hosts.enrolment.pathFilter());
      },
    }),
  );
  const refusal = placeRefusal(make.error, ['name']);
  return (
    <Panel title="1. Make a line">
      <form
        className="flex flex-col gap-3 p-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (!denied) make.mutate(name.trim() ? { name: name.trim() } : {});
        }}
      >
        <p className="text-muted">
          A line enrols one machine within 15 minutes. The machine needs Debian 12 or a like system, root and
          a way to this dashboard: no compiler, no Node, no Internet.
        </p>
        <TextField
          label="Name of the host"
          optional
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          hint="Without one it is called what it calls itself. With one, no other host can use the line."
          error={refusal.at('name')}
          mono
        />
        {refusal.rest}
        <div>
          <Button
            type="submit"
            look="primary"
            icon={<Plus aria-hidden />}
            pending={make.isPending}
            disabledReason={denied}
          >
            Make the line
          </Button>
        </div>
      </form>
    </Panel>
  );
}

interface LineIsOverProps {
  over: 'used' | 'expired';
  line: EnrolmentProgress['line'];
  made: EnrolmentMade;
  onAnother: () => void;
}

function LineIsOver({ over, line, made, onAnother }: LineIsOverProps) {
  return (
    <>
      {over === 'used' && line?.usedAt ? (
        <Note tone="ok" title={`The line was used by ${line.usedBy}.`} live>
          <Moment at={line.usedAt} />. It enrols nobody else. Step 2 has the host’s fingerprint.
        </Note>
      ) : (
        <Note tone="warn" title="The line has expired." live>
          It was good until <Moment at={made.expiresAt} show="absolute" /> and enrols nobody any more.
        </Note>
      )}
      <div>
        <Button
          look={over === 'expired' ? 'primary' : undefined}
          icon={<Plus aria-hidden />}
          onClick={onAnother}
        >
          Make another line
        </Button>
      </div>
    </>
  );
}

function timeLeft(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 60) return `${seconds} s left`;
  const minutes = Math.round(seconds / 60);
  return `${minutes} ${minutes === 1 ? 'minute' : 'minutes'} left`;
}

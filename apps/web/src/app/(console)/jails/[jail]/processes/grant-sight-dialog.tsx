'use client';
import type { JailView } from '@cellblock/shared/views/jail-view';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client';
import { FormDialog } from '@/ui/form-dialog';
import { SelectField } from '@/ui/select-field';
import { placeRefusal } from '../../../../place-refusal';
import { useOwnChange } from '../../../../use-own-change';

const MINUTE_S = 60;
const HOUR_S = 3_600;
const DAY_S = 86_400;
const TIMES = [
  { value: String(10 * MINUTE_S), label: '10 minutes' },
  { value: String(HOUR_S), label: '1 hour' },
  { value: String(8 * HOUR_S), label: '8 hours' },
  { value: String(DAY_S), label: '1 day' },
  { value: String(7 * DAY_S), label: '7 days' },
  { value: String(30 * DAY_S), label: '30 days' },
];

/** Lets a jail see the processes of another of its host; it begins at once and ends by itself. */
export function GrantSightDialog({ jail, onClose }: { jail: JailView; onClose: () => void }) {
  const trpc = useTRPC();
  const [way, setWay] = useState<'sees' | 'seen'>('sees');
  const [other, setOther] = useState('');
  const [seconds, setSeconds] = useState(String(HOUR_S));
  const jails = useQuery(trpc.jails.list.queryOptions({ host: jail.host.name }));
  const others = (jails.data?.jails ?? []).filter(({ id }) => id !== jail.id);
  const [viewer, target] = way === 'sees' ? [jail.name, other] : [other, jail.name];
  const change = useOwnChange(trpc.grants.see.mutationOptions(), {
    done: () => `${viewer} sees the processes of ${target}`,
    onClose,
  });
  const refusal = placeRefusal(change.error, ['viewer', 'target', 'seconds']);
  // Which of the two fields is the viewer is what the first one says.
  const [ofThis, ofOther] =
    way === 'sees' ? (['viewer', 'target'] as const) : (['target', 'viewer'] as const);
  return (
    <FormDialog
      title="Let a jail see another"
      description="It is shown which processes the other runs, with their users and states, and nothing else of it."
      action={other ? `Let ${viewer} see ${target}` : 'Let see'}
      blocked={
        other
          ? null
          : jails.data && others.length === 0
            ? `${jail.host.name} has no other jail`
            : 'Choose the other jail'
      }
      pending={change.isPending}
      onSubmit={() => change.mutate({ viewer, target, seconds: Number(seconds) })}
      onClose={onClose}
    >
      <SelectField
        label="Which way"
        value={way}
        error={refusal.at(ofThis)}
        options={[
          { value: 'sees', label: `${jail.name} sees the other` },
          { value: 'seen', label: `The other sees ${jail.name}` },
        ]}
        onChange={(event) => {
          change.reset();
          setWay(event.currentTarget.value as 'sees' | 'seen');
        }}
      />
      <SelectField
        label="The other jail"
        value={other}
        error={refusal.at(ofOther)}
        hint={`Of ${jail.host.name}: its agent writes the list`}
        options={[
          { value: '', label: jails.isPending ? 'Looking them up …' : 'Choose one' },
          ...others.map(({ name }) => ({ value: name, label: name })),
        ]}
        onChange={(event) => {
          change.reset();
          setOther(event.currentTarget.value);
        }}
      />
      <SelectField
        label="Ends after"
        value={seconds}
        error={refusal.at('seconds')}
        hint="By the clock of the host, whoever else is there. It can be revoked before."
        options={TIMES}
        onChange={(event) => setSeconds(event.currentTarget.value)}
      />
      {refusal.rest}
    </FormDialog>
  );
}

'use client';
import type { JailView } from '@cellblock/shared/views/jail-view';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC, useTRPCClient } from '@/trpc/client';
import { refusalOf } from '@/trpc/refusal';
import { Button } from '@/ui/button';
import { Panel } from '@/ui/panel';
import { SelectField } from '@/ui/select-field';
import { TextField } from '@/ui/text-field';
import { useMayNot } from '../../../may';
import { sentences } from '../../../place-refusal';
import { useChange } from '../../../use-change';
import { usePlan } from '../../../use-plan';
import { placeViewConflicts } from '../place-view-conflicts';
import { draftError, emptyDraft, inputOf, type JailDraft } from './jail-draft';
import { JailPlan } from './jail-plan';
import { MoreSettings } from './more-settings';
import { NetworkChoice } from './network-choice';

interface JailFormProps {
  given?: { host?: string; network?: string; address?: string; image?: string };
  onMade: (jail: JailView) => void;
}

const NO_NETWORK = '';

export function JailForm({ given = {}, onMade }: JailFormProps) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const denied = useMayNot('operate');
  const mayNotMakeNetwork = useMayNot('administer');
  const hosts = useQuery(trpc.hosts.list.queryOptions());
  const networks = useQuery(trpc.networks.list.queryOptions());
  const [draft, setDraft] = useState<JailDraft>({
    ...emptyDraft,
    host: given.host,
    network: given.network,
    address: given.address ?? '',
    ...(given.image && { root: 'image', rootPath: given.image }),
  });
  const set = (part: Partial<JailDraft>) => {
    change.reset();
    setDraft((before) => ({ ...before, ...part }));
  };
  const ready = (hosts.data ?? []).filter((host) => host.state !== 'waiting' && host.state !== 'locked');
  const host = ready.find((each) => each.name === draft.host) ?? ready[0];
  const within = (networks.data ?? []).filter((each) => host && each.hosts.some((on) => on.id === host.id));
  const none = networks.data !== undefined && within.length === 0;
  const suggestion = useQuery({
    ...trpc.networks.suggest.queryOptions({ host: host?.name }),
    enabled: none && host !== undefined && !mayNotMakeNetwork,
  });
  const making = none && draft.makeNetwork && !mayNotMakeNetwork ? (suggestion.data ?? null) : null;
  const network = none ? null : draft.network === undefined ? within[0]?.name : draft.network;
  const filled: JailDraft = { ...draft, host: host?.name, network };
  const wrong = draftError(filled);
  // Without this a quick hand would make a jail without the network that the form offers.
  const offering = none && draft.makeNetwork && !mayNotMakeNetwork && suggestion.isPending;
  const input = host && networks.data && !offering ? inputOf(filled, making) : null;
  const change = useChange({
    run: () =>
      input ? client.jails.create.mutate(input) : Promise.reject(new Error('The form is not filled in yet.')),
    done: (_, jail) => `${jail.name} is running`,
    onAccepted: onMade,
  });
  // A plan that is asked while the change is made would be refused by it.
  const made = change.isPending || change.isSuccess;
  const plan = usePlan('jails.create', made ? null : input, (asked) =>
    client.jails.create.mutate({ ...asked, dryRun: true }),
  );
  const refused = change.error ?? (input ? plan.error : null);
  const conflicts = input ? [...(plan.data?.conflicts ?? []), ...(refused ? [refusalOf(refused)] : [])] : [];
  const errorOf = (field: keyof JailDraft) => (wrong?.field === field ? wrong.error : undefined);
  const nameConflict = conflicts.find((each) => each.field === 'name');
  const ofView = placeViewConflicts(conflicts, draft.view);
  const addressConflict = conflicts.find((each) => each.field?.startsWith('address'));

  return (
    <form
      className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_minmax(0,420px)]"
      onSubmit={(event) => {
        event.preventDefault();
        if (input && !denied && !change.isPending) change.mutate(undefined);
      }}
    >
      <Panel>
        <div className="flex max-w-xl flex-col gap-3.5 p-4">
          <TextField
            label="Name"
            name="name"
            mono
            autoFocus
            value={draft.name}
            placeholder="web-1"
            error={errorOf('name') ?? (nameConflict && sentences(nameConflict))}
            hint={
              input && plan.data && !nameConflict
                ? `${draft.name} is free`
                : 'Lower-case letters, digits, "-", "_" and "."'
            }
            onChange={(event) => set({ name: event.currentTarget.value.trim() })}
          />
          {ready.length > 1 && (
            <SelectField
              label="Host"
              value={host?.name}
              onChange={(event) =>
                set({
                  host: event.currentTarget.value,
                  network: undefined,
                  // An image is of one host's store.
                  ...(draft.root === 'image' && { rootPath: '' }),
                })
              }
              options={ready.map((each) => ({
                value: each.name,
                label: each.state === 'ready' ? each.name : `${each.name}: silent, the jail waits for it`,
              }))}
            />
          )}
          <NetworkChoice
            networks={within}
            awaited={!networks.data || offering}
            none={none}
            making={making}
            mayNotMake={mayNotMakeNetwork}
            value={network ?? NO_NETWORK}
            makeNetwork={draft.makeNetwork}
            address={draft.address}
            conflict={addressConflict}
            planned={plan.data?.addresses ?? []}
            onNetwork={(next) => set({ network: next === NO_NETWORK ? null : next })}
            onMake={(makeNetwork) => set({ makeNetwork })}
            onAddress={(address) => set({ address })}
          />
          <MoreSettings
            draft={draft}
            errorOf={errorOf}
            viewConflict={ofView.at}
            host={host?.name}
            onChange={set}
          />
          <div className="flex items-center gap-2 pt-1">
            <Button
              type="submit"
              look="primary"
              pending={change.isPending}
              disabledReason={
                denied ??
                (!host
                  ? 'No host has been approved yet'
                  : !draft.name
                    ? 'Give it a name first'
                    : wrong
                      ? wrong.error
                      : offering || !networks.data
                        ? 'The networks are being looked up'
                        : !input
                          ? draft.root === 'image'
                            ? 'Choose an image first'
                            : 'Name the path of its root first'
                          : !change.error && conflicts[0]
                            ? conflicts[0].message
                            : null)
              }
            >
              {draft.name ? `Create ${draft.name}` : 'Create jail'}
            </Button>
            {host && <span className="text-muted">on {host.name}</span>}
          </div>
        </div>
      </Panel>
      <JailPlan
        input={input}
        draft={filled}
        plan={plan.data ?? null}
        conflicts={ofView.rest.filter((each) => each !== nameConflict && each !== addressConflict)}
      />
    </form>
  );
}

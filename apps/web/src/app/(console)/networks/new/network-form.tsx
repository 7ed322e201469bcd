'use client';
import type { NetworkView } from '@cellblock/shared/views/network-view';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC, useTRPCClient } from '@/trpc/client';
import { refusalOf } from '@/trpc/refusal';
import { Button } from '@/ui/button';
import { Checkbox } from '@/ui/checkbox';
import { CommandLine } from '@/ui/command-line';
import { Panel } from '@/ui/panel';
import { Segmented } from '@/ui/segmented';
import { SelectField } from '@/ui/select-field';
import { TextField } from '@/ui/text-field';
import { ConflictNote } from '../../../conflict-note';
import { useMayNot } from '../../../may';
import { sentences } from '../../../place-refusal';
import { PlanSteps, stepCount } from '../../../plan-steps';
import { useChange } from '../../../use-change';
import { usePlan } from '../../../use-plan';
import { commandOf, inputOf, type NetworkDraft } from './network-draft';

const FIELDS = ['name', 'subnets.0', 'subnets.1', 'gateway'] as const;
type Field = (typeof FIELDS)[number];

/** A bridge of our own, or one that attaches to a bridge that exists; filled in with a subnet that is free there. */
export function NetworkForm({ onMade }: { onMade: (network: NetworkView) => void }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const denied = useMayNot('administer');
  const [draft, setDraft] = useState<NetworkDraft>({ own: true, nat: true });
  const set = (part: NetworkDraft) => setDraft((before) => ({ ...before, ...part }));
  const hosts = useQuery(trpc.hosts.list.queryOptions());
  const host = draft.host ?? hosts.data?.[0]?.name;
  const facts = useQuery({
    ...trpc.hosts.get.queryOptions({ host: host ?? '' }),
    enabled: host !== undefined,
  });
  const suggestion = useQuery({
    ...trpc.networks.suggest.queryOptions({ host }),
    enabled: host !== undefined,
  });
  const input = inputOf(draft, host, suggestion.data);
  const change = useChange({
    run: () =>
      input
        ? client.networks.create.mutate(input)
        : Promise.reject(new Error('The form is not filled in yet.')),
    done: (_, network) => `${network.name} is there`,
    onAccepted: onMade,
  });
  // A plan that is asked while the change is made would be refused by it.
  const made = change.isPending || change.isSuccess;
  const plan = usePlan('networks.create', made ? null : input, (asked) =>
    client.networks.create.mutate({ ...asked, dryRun: true }),
  );
  const refused = change.error ?? (input ? plan.error : null);
  const conflict =
    (input ? plan.data?.conflicts[0] : undefined) ?? (refused ? refusalOf(refused) : undefined);
  const place = conflict && FIELDS.find((field) => conflict.field === field);
  const errorOf = (field: Field) => (conflict && place === field ? sentences(conflict) : undefined);
  const bridges = facts.data?.facts?.bridges ?? [];

  return (
    <form
      className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_minmax(0,420px)]"
      onSubmit={(event) => {
        event.preventDefault();
        if (input && !denied && !change.isPending) change.mutate(undefined);
      }}
    >
      <Panel>
        <div className="flex max-w-xl flex-col gap-3 p-4">
          <Segmented
            label="Kind of bridge"
            value={draft.own ? 'own' : 'parent'}
            onChange={(kind) => set({ own: kind === 'own' })}
            options={[
              { value: 'own', label: 'A bridge of its own' },
              { value: 'parent', label: 'A bridge that exists' },
            ]}
          />
          <p className="text-muted">
            {draft.own
              ? 'Reaches the jails of one host. With NAT they reach the outside through the host’s address, and no other machine begins a conversation with them; without it, a machine needs a route through the host. The other kind gives them addresses of the segment that it is on.'
              : 'The host’s administrator made it and it leads to a real segment. Its own addresses and ports are never touched.'}
          </p>
          <TextField
            label="Name"
            mono
            autoFocus
            value={draft.name ?? ''}
            placeholder={suggestion.data?.name}
            error={errorOf('name')}
            onChange={(e) => set({ name: e.currentTarget.value })}
          />
          {(hosts.data?.length ?? 0) > 1 && draft.own && (
            <SelectField
              label="Host"
              value={host}
              onChange={(e) => set({ host: e.currentTarget.value })}
              options={(hosts.data ?? []).map((each) => ({ value: each.name, label: each.name }))}
            />
          )}
          {!draft.own && (
            <SelectField
              label="Bridge"
              value={draft.parent ?? ''}
              onChange={(e) => set({ parent: e.currentTarget.value })}
              hint={
                bridges.length === 0
                  ? `${host ?? 'The host'} reports no bridge that is not ours. Its root makes one: ip link add br0 type bridge && ip link set br0 up && ip link set CARD master br0; the addresses of CARD then belong on br0.`
                  : undefined
              }
              options={[
                { value: '', label: 'Choose a bridge' },
                ...bridges.map((name) => ({ value: name, label: name })),
              ]}
            />
          )}
          <TextField
            label="Subnet"
            mono
            value={draft.subnet ?? ''}
            placeholder={draft.own ? suggestion.data?.subnet : '192.0.2.0/24'}
            error={errorOf('subnets.0')}
            hint={
              draft.own
                ? 'Left empty, it is this private one, which the host does not route'
                : 'As the segment has it. Reserve next what other machines hold of it.'
            }
            onChange={(e) => set({ subnet: e.currentTarget.value })}
          />
          <TextField
            label="IPv6 subnet"
            optional
            mono
            value={draft.subnet6 ?? ''}
            placeholder="fd00:87::/64"
            error={errorOf('subnets.1')}
            onChange={(e) => set({ subnet6: e.currentTarget.value })}
          />
          {draft.own ? (
            <Checkbox
              checked={draft.nat ?? false}
              onChange={(nat) => set({ nat })}
              hint="Without it jails reach each other and the host, nothing else."
            >
              NAT to the outside
            </Checkbox>
          ) : (
            <TextField
              label="Gateway"
              optional
              mono
              value={draft.gateway ?? ''}
              placeholder="none"
              error={errorOf('gateway')}
              onChange={(e) => set({ gateway: e.currentTarget.value })}
            />
          )}
          {conflict && !place && <ConflictNote conflict={conflict} />}
          <Button
            type="submit"
            look="primary"
            className="self-start"
            pending={change.isPending}
            disabledReason={
              denied ??
              (!host
                ? 'No host has been approved yet'
                : !input
                  ? 'Name the bridge and its subnet first'
                  : conflict && !change.error
                    ? conflict.message
                    : null)
            }
          >
            Create {input?.name ?? 'network'}
          </Button>
        </div>
      </Panel>
      <div className="flex min-w-0 flex-col gap-4">
        {input && plan.data && !conflict && (
          <Panel title="Plan" meta={stepCount(plan.data)}>
            <PlanSteps plan={plan.data} />
          </Panel>
        )}
        {input && <CommandLine command={commandOf(input)} />}
      </div>
    </form>
  );
}

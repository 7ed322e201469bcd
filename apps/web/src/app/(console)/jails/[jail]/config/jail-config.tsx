'use client';
import type { JailSettings } from '@cellblock/shared/jail-spec';
import type { JailView } from '@cellblock/shared/views/jail-view';
import { useState } from 'react';
import { useTRPCClient } from '@/trpc/client';
import { refusalOf } from '@/trpc/refusal';
import { Button } from '@/ui/button';
import { Checkbox } from '@/ui/checkbox';
import { CommandLine } from '@/ui/command-line';
import { Note } from '@/ui/note';
import { Panel } from '@/ui/panel';
import { SelectField } from '@/ui/select-field';
import { TextField } from '@/ui/text-field';
import { ConflictNote } from '../../../../conflict-note';
import { Loaded } from '../../../../loaded';
import { useMayNot } from '../../../../may';
import { PlanSteps, stepCount } from '../../../../plan-steps';
import { useChange } from '../../../../use-change';
import { usePlan } from '../../../../use-plan';
import { placeViewConflicts } from '../../place-view-conflicts';
import { viewLineError } from '../../view-form';
import { ViewLines } from '../../view-lines';
import { useJail } from '../use-jail';
import {
  type ConfigForm,
  type FilledForm,
  filledFrom,
  isTyped,
  refilled,
  restartPolicies,
  settingsOf,
} from './config-form';

export function JailConfig() {
  return <Loaded query={useJail()}>{(jail) => <Editor key={jail.id} jail={jail} />}</Loaded>;
}

function Editor({ jail }: { jail: JailView }) {
  const client = useTRPCClient();
  const denied = useMayNot('operate');
  const [filled, fill] = useState(() => filledFrom(jail.settings));
  const [shown, setShown] = useState(jail.settings);
  if (shown !== jail.settings) {
    setShown(jail.settings);
    fill(refilled(filled, jail.settings));
  }
  const { form } = filled;
  const changed = settingsOf(filled, jail);
  const wrong = 'error' in changed ? changed : null;
  const settings: Partial<JailSettings> | null =
    'error' in changed || Object.keys(changed).length === 0 ? null : changed;
  const plan = usePlan('jails.configure', settings && { jail: jail.id, settings }, (input) =>
    client.jails.configure.mutate({ ...input, dryRun: true }),
  );
  const change = useChange({
    run: (asked: Partial<JailSettings>) => client.jails.configure.mutate({ jail: jail.id, settings: asked }),
    done: () => `${jail.name} is configured anew`,
    // What was typed while it was sent stays.
    onAccepted: (_, asked) =>
      fill((before) => (before.form === form ? filledFrom({ ...jail.settings, ...asked }) : before)),
  });
  const refused = change.error ?? (settings && plan.error);
  const conflicts = settings
    ? [...(plan.data?.conflicts ?? []), ...(refused ? [refusalOf(refused)] : [])]
    : [];
  const ofView = placeViewConflicts(conflicts, form.view);
  const reset = (to: (before: FilledForm) => FilledForm) => {
    change.reset();
    fill(to);
  };
  const set = (part: Partial<ConfigForm>) =>
    reset((before) => ({ ...before, form: { ...before.form, ...part } }));

  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_minmax(0,420px)]">
      <Panel title="Settings" meta="what is wanted">
        <form
          className="flex flex-col gap-3 p-3"
          onSubmit={(event) => {
            event.preventDefault();
            if (settings && !denied) change.mutate(settings);
          }}
        >
          <div className="grid gap-3 sm:grid-cols-3">
            <TextField
              label="Memory"
              placeholder="no limit of its own"
              mono
              value={form.memory}
              error={wrong?.field === 'memory' && wrong.error}
              hint="256M, 1G"
              onChange={(e) => set({ memory: e.currentTarget.value })}
            />
            <TextField
              label="CPUs"
              placeholder="no limit of its own"
              mono
              value={form.cpus}
              error={wrong?.field === 'cpus' && wrong.error}
              hint="0.5 is half a core"
              onChange={(e) => set({ cpus: e.currentTarget.value })}
            />
            <TextField
              label="Processes"
              placeholder="no limit of its own"
              mono
              value={form.pids}
              error={wrong?.field === 'pids' && wrong.error}
              onChange={(e) => set({ pids: e.currentTarget.value })}
            />
          </div>
          <SelectField
            label="When its command ends"
            value={form.restart}
            options={restartPolicies}
            onChange={(e) => set({ restart: e.currentTarget.value as ConfigForm['restart'] })}
          />
          <Checkbox
            checked={form.boot}
            onChange={(boot) => set({ boot })}
            hint="From the host’s own ledger, with or without the dashboard."
          >
            Start when the host boots
          </Checkbox>
          <ViewLines
            lines={form.view}
            errorOf={(index) => {
              const line = form.view[index];
              return (line && viewLineError(line)) ?? ofView.at(index);
            }}
            onChange={(view) => set({ view })}
          />
          <div className="flex flex-wrap gap-2 pt-1">
            <Button
              type="submit"
              look="primary"
              pending={change.isPending}
              disabledReason={
                denied ??
                (wrong
                  ? wrong.error
                  : !settings
                    ? 'Nothing is changed yet'
                    : conflicts[0] && !change.error
                      ? conflicts[0].message
                      : null)
              }
            >
              Apply to {jail.name}
            </Button>
            <Button
              onClick={() => reset(() => filledFrom(jail.settings))}
              disabledReason={!isTyped(filled) && 'Nothing is changed yet'}
            >
              Reset
            </Button>
          </div>
        </form>
      </Panel>
      <div className="flex flex-col gap-4">
        {wrong?.field === 'meanwhile' && <Note tone="bad" live title={wrong.error} />}
        {ofView.rest[0] && <ConflictNote conflict={ofView.rest[0]} />}
        {settings && plan.data && (
          <Panel title="Plan" meta={stepCount(plan.data)}>
            <PlanSteps plan={plan.data} />
          </Panel>
        )}
        <Panel title="As a document" meta="wanted and seen, apart">
          <div className="p-3">
            <CommandLine command={`cellblock show ${jail.name} -o yaml`} />
          </div>
        </Panel>
      </div>
    </div>
  );
}

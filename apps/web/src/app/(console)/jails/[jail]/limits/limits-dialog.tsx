'use client';
import { JAIL_LIMITS, type JailLimits, sameLimits } from '@cellblock/shared/jail-limits';
import type { JailView } from '@cellblock/shared/views/jail-view';
import { useState } from 'react';
import { useTRPCClient } from '@/trpc/client';
import { refusalOf } from '@/trpc/refusal';
import { FormDialog } from '@/ui/form-dialog';
import { TextField } from '@/ui/text-field';
import { ConflictNote } from '../../../../conflict-note';
import { DialogPlan } from '../../../../dialog-plan';
import { useChange } from '../../../../use-change';
import { usePlan } from '../../../../use-plan';
import { LIMIT_WORDS } from './limit-words';
import { formOf, limitsAsked, limitsOf } from './limits-form';

/** Limits hold at once, while the jail runs; one that is below what runs is refused while it is typed. */
export function LimitsDialog({ jail, onClose }: { jail: JailView; onClose: () => void }) {
  const client = useTRPCClient();
  const now = jail.settings.limits;
  const [base] = useState(now);
  const [form, setForm] = useState(() => formOf(base));
  const read = limitsOf(form);
  const wrong = 'error' in read ? read : null;
  const asked = 'error' in read ? now : limitsAsked(read, base, now);
  const limits: JailLimits | null = sameLimits(asked, now) ? null : asked;
  const change = useChange({
    run: (asked: JailLimits) => client.jails.configure.mutate({ jail: jail.id, settings: { limits: asked } }),
    done: () => `${jail.name} has its new limits`,
    onAccepted: onClose,
  });
  const made = change.isPending || change.isSuccess;
  const plan = usePlan(
    'jails.configure',
    made ? null : limits && { jail: jail.id, settings: { limits } },
    (input) => client.jails.configure.mutate({ ...input, dryRun: true }),
  );
  const refused = change.error ?? (limits && plan.error);
  const conflict = limits && (plan.data?.conflicts[0] ?? (refused ? refusalOf(refused) : undefined));
  const wrongField = conflict?.field?.replace('settings.limits.', '');

  return (
    <FormDialog
      title={`Limits of ${jail.name}`}
      description="They hold at once, while it runs. An empty field is no limit of its own."
      action="Set the limits"
      blocked={
        wrong?.error ?? (!limits ? 'Nothing is changed yet' : conflict && !change.error && conflict.message)
      }
      pending={change.isPending}
      onSubmit={() => limits && change.mutate(limits)}
      onClose={onClose}
    >
      <div className="grid gap-3 sm:grid-cols-2">
        {JAIL_LIMITS.map((limit) => (
          <TextField
            key={limit}
            label={LIMIT_WORDS[limit].label}
            name={limit}
            mono
            placeholder="no limit"
            value={form[limit]}
            hint={LIMIT_WORDS[limit].hint}
            error={
              (wrong?.limit === limit && wrong.error) ||
              (wrongField === limit && conflict?.message) ||
              undefined
            }
            onChange={(event) => {
              const { value } = event.currentTarget;
              change.reset();
              setForm((before) => ({ ...before, [limit]: value }));
            }}
          />
        ))}
      </div>
      {conflict && <ConflictNote conflict={conflict} />}
      {!conflict && (
        <DialogPlan
          plan={limits ? plan.data : undefined}
          instead={
            wrong
              ? wrong.error
              : limits
                ? 'Working out what the host would do.'
                : 'Change a limit, and the steps stand here.'
          }
        />
      )}
    </FormDialog>
  );
}

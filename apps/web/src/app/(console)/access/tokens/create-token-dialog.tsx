'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client';
import { CommandLine } from '@/ui/command-line';
import { SelectField } from '@/ui/select-field';
import { GrantDialog } from '../grant-dialog';

const DAYS = [7, 30, 90, 365];

/** A token always ends; how late is for its maker to say. */
export function CreateTokenDialog({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [days, setDays] = useState(30);
  const change = useMutation(
    trpc.tokens.create.mutationOptions({
      onSuccess: () => void queryClient.invalidateQueries(trpc.tokens.pathFilter()),
    }),
  );
  const ends = new Date(Date.now() + days * 86_400_000);
  const secret = change.data?.token;
  return (
    <GrantDialog
      title="New token"
      description="For a program that acts by itself."
      nameHint="Stands beside everything that is done with it."
      given={{ role: 'viewer' }}
      action={(name) => (name ? `Make token ${name}` : 'Make token')}
      change={change}
      onSubmit={(name, role) => change.mutate({ name, role, expiresAt: ends.toISOString() })}
      made={
        secret === undefined
          ? null
          : (name, role) => ({
              title: `Token ${name}`,
              secret,
              words: `It acts as ${role} and ends after ${days} days. With the command line, from any machine:`,
              more: (
                <CommandLine
                  command={`CELLBLOCK_URL=${window.location.origin} CELLBLOCK_TOKEN=$TOKEN cellblock ls`}
                />
              ),
            })
      }
      onClose={onClose}
    >
      <SelectField
        label="Ends after"
        value={String(days)}
        onChange={(event) => setDays(Number(event.currentTarget.value))}
        options={DAYS.map((each) => ({ value: String(each), label: `${each} days` }))}
        hint={`${ends.toISOString().slice(0, 10)}. It can be revoked at any time before.`}
      />
    </GrantDialog>
  );
}

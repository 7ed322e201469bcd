'use client';
import { useMutation } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTRPC } from '@/trpc/client';
import { Button } from '@/ui/button';
import { CommandLine } from '@/ui/command-line';
import { Dialog, DialogActions, DialogBody } from '@/ui/dialog';
import { Moment } from '@/ui/moment';
import { Skeleton } from '@/ui/skeleton';
import { RefusalPanel } from '../../refusal-panel';

/** The line that a further host's root runs; the host then waits in the list until its fingerprint is compared. */
export function EnrollDialog({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC();
  const { mutate, data, error } = useMutation(trpc.hosts.enroll.mutationOptions());
  useEffect(() => mutate({}), [mutate]);
  return (
    <Dialog
      open
      onClose={onClose}
      width="wide"
      title="Enrol a host"
      description="For one host, within 15 minutes."
    >
      <DialogBody>
        {error && <RefusalPanel error={error} onRetry={() => mutate({})} />}
        {!data && !error && <Skeleton rows={1} />}
        {data && (
          <>
            <p>Run this on the host as root:</p>
            <CommandLine command={data.line} />
            <p className="text-muted">
              It holds a secret and works until <Moment at={data.expiresAt} show="absolute" />. The host then
              appears in the list and waits: compare the fingerprint that its agent prints, then approve it.
            </p>
          </>
        )}
      </DialogBody>
      <DialogActions>
        <Button look="primary" onClick={onClose}>
          Done
        </Button>
      </DialogActions>
    </Dialog>
  );
}

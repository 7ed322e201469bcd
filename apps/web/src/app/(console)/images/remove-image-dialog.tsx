'use client';
import { useTRPC } from '@/trpc/client';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { bytesText } from '@/ui/number-text';
import { RefusalPanel } from '../../refusal-panel';
import { useOwnChange } from '../../use-own-change';
import { type ImageRow, shortDigits } from './image-rows';

export function RemoveImageDialog({ image, onClose }: { image: ImageRow; onClose: () => void }) {
  const trpc = useTRPC();
  const { name, host, digest, size } = image;
  const change = useOwnChange(trpc.images.remove.mutationOptions(), {
    done: () => `${name} (${shortDigits(digest)}) is removed from ${host}`,
    onClose,
  });
  return (
    <ConfirmDialog
      open
      danger
      onClose={onClose}
      title={`Remove ${name} from ${host}`}
      consequence={`No jail has ${shortDigits(digest)} as its root. Its ${bytesText(size)} are free again; to have it back it must be made anew.`}
      action={`Remove ${name}`}
      pending={change.isPending}
      onConfirm={() => change.mutate({ host, image: digest })}
      error={change.error ? <RefusalPanel error={change.error} /> : undefined}
    />
  );
}

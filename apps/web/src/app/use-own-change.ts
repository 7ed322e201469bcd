'use client';
import { type UseMutationOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { useToast } from '@/ui/toast';

/** A change that the dashboard makes itself, so that there is no host to wait for: said, and the dialog closes. */
export function useOwnChange<Input, Output, Failed>(
  { mutationFn }: UseMutationOptions<Output, Failed, Input>,
  { done, onClose }: { done: (output: Output) => string; onClose: () => void },
) {
  const queryClient = useQueryClient();
  const toast = useToast();
  return useMutation<Output, Failed, Input>({
    ...(mutationFn && { mutationFn }),
    onSuccess: (output) => {
      void queryClient.invalidateQueries();
      toast('ok', done(output));
      onClose();
    },
  });
}

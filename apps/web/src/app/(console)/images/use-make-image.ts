'use client';
import type { ImageOrder, ImageProgress } from '@cellblock/shared/image';
import { imageName } from '@cellblock/shared/image-source';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTRPC, useTRPCClient } from '@/trpc/client';
import { refusalOf } from '@/trpc/refusal';
import { useToast } from '@/ui/toast';
import { afterHearing, imageOrders } from './image-orders';
import { sendArchive } from './send-archive';

const UNHEARD = {
  message: 'Nobody heard what came of it.',
  cause: 'The connection to its host was lost; the host goes on with it.',
  fix: 'See whether it is in the list, and in the history.',
};

export interface Making {
  host: string;
  order: ImageOrder;
  /** of an upload */
  file: File | null;
}

/**
 * Has a host make an image. It goes on when the dialog, the page or, once an archive is sent, the window is gone; this
 * window hears of it.
 */
export function useMakeImage(onBegun: () => void) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const toast = useToast();

  const begin = ({ host, order }: Making) => {
    if (order.kind === 'bootstrap')
      return client.images.bootstrap.mutate({
        host,
        distribution: order.distribution,
        include: order.include,
      });
    if (order.kind === 'pull') return client.images.pull.mutate({ host, reference: order.reference });
    return client.images.upload.mutate({ host, name: order.name });
  };

  const follow = (begun: { host: string; order: string }, host: string, name: string) => {
    const id = begun.order;
    client.images.follow.subscribe(begun, {
      onData: (said) => {
        const before = imageOrders.all().find((order) => order.id === id);
        const after = before && afterHearing(before, said as ImageProgress);
        if (after) imageOrders.put(after);
        if (said.type !== 'done') return;
        imageOrders.drop(id);
        toast(
          'ok',
          `${name} ${said.wasThere ? 'was there already' : 'is made'}`,
          `${host} has it in its store.`,
        );
        void queryClient.invalidateQueries(trpc.images.pathFilter());
      },
      onError: (error) => imageOrders.change(id, { failed: refusalOf(error) }),
      onComplete: () => {
        // Of one that ended, the end was heard before.
        if (imageOrders.all().find((order) => order.id === id)?.failed === null)
          imageOrders.change(id, { failed: UNHEARD });
      },
    });
  };

  const send = async (begun: { host: string; order: string }, file: File) => {
    const id = begun.order;
    try {
      await sendArchive(
        file,
        (data) => client.images.feed.mutate({ ...begun, data }),
        (bytes) => imageOrders.change(id, { stage: `sent ${Math.round((bytes / file.size) * 100)} %` }),
      );
    } catch (error) {
      imageOrders.change(id, { failed: refusalOf(error) });
    } finally {
      imageOrders.change(id, { sending: false });
    }
  };

  return useMutation({
    mutationFn: begin,
    onSuccess: (begun, { host, order, file }) => {
      const name = imageName(order);
      const sending = file !== null;
      imageOrders.put({ id: begun.order, host, name, stage: 'begun', line: null, sending, failed: null });
      follow(begun, host, name);
      if (file) void send(begun, file);
      onBegun();
    },
  });
}

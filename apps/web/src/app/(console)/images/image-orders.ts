import type { ImageProgress } from '@cellblock/shared/image';

/** An image that is being made, as far as this window has heard. */
export interface OrderHeard {
  id: string;
  host: string;
  name: string;
  stage: string;
  /** the last thing that its tools said */
  line: string | null;
  /** set when it failed, until somebody has read it */
  failed: { message: string; cause?: string | undefined; fix?: string | undefined } | null;
}

let orders: readonly OrderHeard[] = [];
const watchers = new Set<() => void>();

/** They are of the window, not of a page: whoever walks on and comes back finds them as they are. */
export const imageOrders = {
  all: () => orders,
  watch: (changed: () => void) => {
    watchers.add(changed);
    return () => void watchers.delete(changed);
  },
  put: (order: OrderHeard) => set([...orders.filter(({ id }) => id !== order.id), order]),
  change: (id: string, part: Partial<OrderHeard>) =>
    set(orders.map((order) => (order.id === id ? { ...order, ...part } : order))),
  drop: (id: string) => set(orders.filter((order) => order.id !== id)),
};

function set(next: readonly OrderHeard[]): void {
  orders = next;
  for (const changed of watchers) changed();
}

/** What an order is after something more was heard of it; null: it is over, and nothing of it needs to be read. */
export function afterHearing(order: OrderHeard, said: ImageProgress): OrderHeard | null {
  switch (said.type) {
    case 'stage':
      return { ...order, stage: said.text, line: null };
    case 'line':
      return { ...order, line: said.text };
    case 'failed':
      return { ...order, failed: { message: said.message, cause: said.cause, fix: said.fix } };
    case 'done':
      return null;
  }
}

import type { ImageProgress } from '@cellblock/shared/image';

/** An image that is being made, as far as this window has heard. */
export interface OrderHeard {
  id: string;
  host: string;
  name: string;
  stage: string;
  /** the last thing that its tools said */
  line: string | null;
  /** its archive is on its way from this window, and from nowhere else */
  sending: boolean;
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
  /** A new one is the last; one that is there already stays where it is. */
  put: (order: OrderHeard) =>
    set(
      orders.some(({ id }) => id === order.id)
        ? orders.map((each) => (each.id === order.id ? order : each))
        : [...orders, order],
    ),
  change: (id: string, part: Partial<OrderHeard>) =>
    set(orders.map((order) => (order.id === id ? { ...order, ...part } : order))),
  drop: (id: string) => set(orders.filter((order) => order.id !== id)),
};

function set(next: readonly OrderHeard[]): void {
  orders = next;
  // Added twice it is there once.
  if (orders.some(({ sending, failed }) => sending && failed === null))
    window.addEventListener('beforeunload', askFirst);
  else window.removeEventListener('beforeunload', askFirst);
  for (const changed of watchers) changed();
}

/** The browser asks whether the window is to go. */
const askFirst = (event: Event) => event.preventDefault();

/** What stands below an order that is under way. */
export const underWay = ({ line, sending }: Pick<OrderHeard, 'line' | 'sending'>): string =>
  sending ? 'Keep this window open until it is sent.' : (line ?? 'It goes on when this page is left.');

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

'use client';
import { useSyncExternalStore } from 'react';
import { Button } from '@/ui/button';
import { Note } from '@/ui/note';
import { Prose } from '@/ui/prose';
import { imageOrders, type OrderHeard, underWay } from './image-orders';

const NONE: readonly OrderHeard[] = [];

/** What was begun in this window: how far it is, and why it failed. */
export function OrdersUnderWay() {
  const orders = useSyncExternalStore(imageOrders.watch, imageOrders.all, () => NONE);
  if (orders.length === 0) return null;
  return (
    <section aria-label="Images that are being made" className="mb-3 flex flex-col gap-2">
      {orders.map((order) =>
        order.failed ? (
          <Note key={order.id} tone="bad" live title={`${order.name} was not made on ${order.host}.`}>
            {[order.failed.message, order.failed.cause, order.failed.fix].map(
              (text) =>
                text && (
                  <p key={text}>
                    <Prose text={text} />
                  </p>
                ),
            )}
            <Button className="mt-2" onClick={() => imageOrders.drop(order.id)}>
              I have read it
            </Button>
          </Note>
        ) : (
          <Note key={order.id} tone="info" title={`${order.host} makes ${order.name}: ${order.stage}`}>
            <p className="mono truncate">{underWay(order)}</p>
          </Note>
        ),
      )}
    </section>
  );
}

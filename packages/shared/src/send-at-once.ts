/** What a WebSocket client of tRPC's has inside, and its types do not tell. */
interface Batching {
  activeConnection: { isOpen(): boolean };
  requestManager: {
    register(...given: unknown[]): unknown;
    flush(): { message: { id: unknown }; callbacks: { error(error: unknown): void } }[];
    delete(id: unknown): void;
  };
  send(messages: unknown[]): void;
}

/**
 * Has a client of tRPC's send what is asked for in one breath at the end of it. By itself it waits for a timer, which is
 * never less than a millisecond: most of the way from a dashboard to its agent, at every question. Answers the client.
 */
export function sendAtOnce<C extends object>(client: C): C {
  const inner = client as unknown as Batching;
  const { requestManager } = inner;
  const register = requestManager.register.bind(requestManager);
  let isSoon = false;
  const send = () => {
    isSoon = false;
    // Where it opens first, it sends by itself then.
    if (!inner.activeConnection.isOpen()) return;
    const asked = requestManager.flush();
    if (asked.length === 0) return;
    try {
      inner.send(asked.map(({ message }) => message));
    } catch (error) {
      for (const { message, callbacks } of asked) {
        requestManager.delete(message.id);
        callbacks.error(error);
      }
    }
  };
  requestManager.register = (...given) => {
    if (!isSoon) queueMicrotask(send);
    isSoon = true;
    return register(...given);
  };
  return client;
}

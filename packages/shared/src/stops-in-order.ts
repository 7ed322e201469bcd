/** The part of a WebSocket that a tRPC server speaks over. */
interface Spoken {
  send(text: string, ...more: unknown[]): void;
  emit(event: 'message', data: Buffer, isBinary: boolean): unknown;
  // biome-ignore lint/suspicious/noExplicitAny: a message may come as other things than a Buffer
  on(event: 'message', listener: (data: any) => void): unknown;
}

/**
 * Has a tRPC server end a subscription that was stopped before it had begun. By itself it looks for what to stop, finds
 * nothing as long as the input is being looked at, and goes on with a subscription that nobody hears, until the
 * connection ends. Call it before the server listens to `socket`. Answers the socket.
 */
export function stopsInOrder<S extends object>(socket: S): S {
  const spoken = socket as unknown as Spoken;
  /** subscriptions without a first answer, and whether they were stopped already */
  const asked = new Map<unknown, boolean>();
  spoken.on('message', (data: unknown) => {
    // Other messages may be large, and are read by the server.
    if (!Buffer.isBuffer(data) || !data.includes('"method":"subscription')) return;
    for (const { id, method } of messagesIn(data)) {
      if (method === 'subscription') asked.set(id, false);
      if (method === 'subscription.stop' && asked.has(id)) asked.set(id, true);
    }
  });
  const send = spoken.send.bind(socket);
  spoken.send = (text, ...more) => {
    send(text, ...more);
    if (asked.size === 0) return;
    const id = Number(/^\{"id":(\d+)[,}]/.exec(text.slice(0, 40))?.[1]);
    const isStopped = asked.get(id);
    // The first answer says that it has begun, or why it has not.
    asked.delete(id);
    if (isStopped)
      spoken.emit('message', Buffer.from(JSON.stringify({ id, method: 'subscription.stop' })), false);
  };
  return socket;
}

function messagesIn(data: Buffer): { id?: unknown; method?: unknown }[] {
  try {
    const said: unknown = JSON.parse(data.toString());
    return (Array.isArray(said) ? said : [said]).filter((one) => typeof one === 'object' && one !== null);
  } catch {
    // The server says so.
    return [];
  }
}

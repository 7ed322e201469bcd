/** What a WebSocket client of tRPC's has inside, and its types do not tell. */
interface Asking {
  requestManager: {
    getRequests(): { message: { id: unknown }; callbacks: { error(error: unknown): void } }[];
    delete(id: unknown): void;
  };
  close(): Promise<void>;
}

/**
 * Ends with `error` whatever a client of tRPC's was asked for and has no answer to, and the client. By itself it would
 * ask once more over its next connection: for a session that died with the old one, or for what was said already.
 */
export function failAll(client: object, error: Error): void {
  const asking = client as Asking;
  for (const { message, callbacks } of asking.requestManager.getRequests()) {
    asking.requestManager.delete(message.id);
    callbacks.error(error);
  }
  asking.close().catch(() => undefined);
}

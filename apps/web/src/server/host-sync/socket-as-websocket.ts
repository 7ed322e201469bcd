import type { SealedSocket } from '@cellblock/shared/sealed-socket';
import type { WebSocket as PlainSocket } from 'ws';

type ServerSocket = SealedSocket | PlainSocket;

/**
 * Presents a socket that is already open as the WebSocket class that tRPC's client constructs: the agent
 * dialled, the dashboard asks. One client per connection; when the socket closes, so does the client.
 */
export function asWebSocketClass(socket: ServerSocket): typeof WebSocket {
  class OpenSocket extends EventTarget {
    static readonly CONNECTING = 0;
    static readonly OPEN = 1;
    static readonly CLOSING = 2;
    static readonly CLOSED = 3;
    readonly CONNECTING = 0;
    readonly OPEN = 1;
    readonly CLOSING = 2;
    readonly CLOSED = 3;

    constructor() {
      super();
      // Not a microtask: the client adds its listeners after the constructor returns.
      setImmediate(() => this.dispatchEvent(new Event('open')));
      socket.on('message', (data) => {
        this.dispatchEvent(new MessageEvent('message', { data: data.toString() }));
      });
      socket.on('close', () => this.dispatchEvent(new CloseEvent('close')));
    }
    get readyState() {
      return socket.readyState;
    }
    send(data: string) {
      socket.send(data);
    }
    close() {
      socket.close();
    }
  }
  return OpenSocket as unknown as typeof WebSocket;
}

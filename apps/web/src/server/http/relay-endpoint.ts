import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { stopsInOrder } from '@cellblock/shared/stops-in-order';
import { getWSConnectionHandler } from '@trpc/server/adapters/ws';
import { WebSocketServer } from 'ws';
import { PassReader } from '../dashboards/relay-pass.ts';
import { relayRouter } from '../dashboards/relay-router.ts';
import { type AgentConnections, endWhenSilent } from '../host-sync/agent-connections.ts';
import type { WebServices } from '../web-services.ts';

export const RELAY_PATH = '/relay';
export const RELAY_SCHEME = 'Cellblock-Relay ';
const MAX_FRAME = 16 * 1024 * 1024;

/** Takes the upgrades of other dashboards of this installation that want to ask a host which is connected here. */
export function relayEndpoint(services: WebServices, connections: AgentConnections) {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME, perMessageDeflate: false });
  const passes = new PassReader(services.presence.id, services.installation.key.verify);
  return (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    const { authorization, origin } = request.headers;
    const shown = authorization?.startsWith(RELAY_SCHEME) ? authorization.slice(RELAY_SCHEME.length) : '';
    const pass = origin === undefined ? passes.read(shown) : null;
    const connection = pass === null ? null : connections.of(pass.host);
    if (connection === null) {
      hangUp(stream, pass === null ? '403 Forbidden' : '404 Not Found');
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      socket.on('error', () => socket.terminate());
      const stopPings = endWhenSilent(socket);
      const end = () => socket.terminate();
      connection.closed.addEventListener('abort', end, { once: true });
      socket.once('close', () => {
        stopPings();
        connection.closed.removeEventListener('abort', end);
      });
      const serve = getWSConnectionHandler({
        router: relayRouter,
        // Only its type asks for a server: the socket is open already.
        wss: sockets,
        createContext: () => ({ agent: connection.agent }),
      });
      serve(stopsInOrder(socket), request);
    });
  };
}

function hangUp(stream: Duplex, status: string): void {
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

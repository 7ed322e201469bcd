import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { noteConnected, noteGone } from '../dashboards/note-connected.ts';
import type { AgentConnections } from '../host-sync/agent-connections.ts';
import { shakeHands } from '../host-sync/handshake.ts';
import type { SyncLoop } from '../host-sync/sync-loop.ts';
import type { WebServices } from '../web-services.ts';
import { sourceAddressOf } from './source-address.ts';

/** A host with a thousand jails reports well below this. */
const MAX_FRAME = 16 * 1024 * 1024;
/** Sockets that have not proved anything yet, and may keep us busy with it. */
const MAX_STRANGERS = 200;

/** Takes the upgrades of a server: agents come in, everything else is hung up on. */
export function agentEndpoint(services: WebServices, connections: AgentConnections, loop: SyncLoop) {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME, perMessageDeflate: false });
  let strangers = 0;
  return (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    // Not through URL, which throws at what a stranger may send (`//`): nobody catches that here.
    const path = request.url?.split('?')[0];
    // Agents are no browsers: a page that tries gets nothing.
    if (path !== '/agent' || request.headers.origin !== undefined || strangers >= MAX_STRANGERS) {
      stream.destroy();
      return;
    }
    const source = sourceAddressOf(request.socket.remoteAddress);
    sockets.handleUpgrade(request, stream, head, async (socket) => {
      // Only now: an upgrade that is no WebSocket's ends without a word to us.
      strangers += 1;
      socket.on('error', () => socket.terminate());
      const admitted = await shakeHands(services, socket, source);
      strangers -= 1;
      if (admitted === null || socket.readyState !== socket.OPEN) return;
      const { host } = admitted;
      const connection = connections.add(host, admitted.channel);
      loop.add(connection);
      const { db, presence } = services;
      const failed = (error: Error) => console.error(`host ${host.name}: ${error.message}`);
      await noteConnected(db, host.id, presence.id).catch(failed);
      const gone = () => {
        if (connections.of(host.id) === null) noteGone(db, host.id, presence.id).catch(failed);
      };
      if (connection.closed.aborted) gone();
      else connection.closed.addEventListener('abort', gone);
    });
  };
}

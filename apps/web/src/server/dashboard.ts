import { openSignIn } from './auth/sign-in.ts';
import { SignInLimit } from './auth/sign-in-limit.ts';
import { Presence } from './dashboards/presence.ts';
import { Relays } from './dashboards/relays.ts';
import { connectDb } from './db.ts';
import type { WebEnv } from './env.ts';
import { ChangeListener } from './fleet/change-listener.ts';
import { AgentConnections } from './host-sync/agent-connections.ts';
import { openInstallationKey } from './host-sync/installation-key.ts';
import { SyncLoop } from './host-sync/sync-loop.ts';
import { AgentArchive } from './hosts/agent-archive.ts';
import { setAgentConnections } from './hosts/agent-client.ts';
import { SeenAtInstall } from './hosts/seen-at-install.ts';
import { agentEndpoint } from './http/agent-endpoint.ts';
import { portHandler, rootHandler } from './http/handle-request.ts';
import { makeListener } from './http/listener.ts';
import { openPages } from './http/pages.ts';
import { RELAY_PATH, relayEndpoint } from './http/relay-endpoint.ts';
import { listenOnRootSocket } from './http/root-socket.ts';
import { SampleLoop } from './metrics/sample-loop.ts';
import { NoticeLoop } from './notices/notice-loop.ts';
import { tlsOptions } from './tls/tls-options.ts';
import type { WebServices } from './web-services.ts';

export interface Dashboard {
  /** `127.0.0.1:7800` */
  address: string;
  port: number;
  services: WebServices;
  stop(): Promise<void>;
}

/** Wires the process: one port for pages, API and agents, and root's socket beside it. */
export async function startDashboard(env: WebEnv): Promise<Dashboard> {
  const db = connectDb(env.databaseUrl);
  const { id, epoch, name } = await db.installation.findFirstOrThrow();
  const key = await openInstallationKey(db, env.secretsDirectory);
  const tls = tlsOptions(env);
  const services: WebServices = {
    env,
    db,
    signIn: openSignIn({ db, url: env.url, secretsDirectory: env.secretsDirectory, installationName: name }),
    signInLimit: new SignInLimit(db),
    changes: new ChangeListener(env.databaseUrl),
    presence: new Presence(db, env, tls.ca),
    installation: { id, epoch, name, key },
    authority: tls.ca,
    archive: env.agentArchive === null ? null : new AgentArchive(env.agentArchive),
    seenAtInstall: new SeenAtInstall(),
  };
  await services.changes.start();

  const connections = new AgentConnections();
  const relays = new Relays(key, services.presence.id);
  setAgentConnections(db, { connections, relays });
  const loop = new SyncLoop(services, services.changes);
  loop.start();
  const notices = new NoticeLoop(db);
  notices.start();
  const samples = new SampleLoop(db);
  samples.start();

  const pages = await openPages(env);
  const agents = agentEndpoint(services, connections, loop);
  const others = relayEndpoint(services, connections);
  const upgrade: typeof agents = (request, stream, head) =>
    (request.url === RELAY_PATH ? others : agents)(request, stream, head);
  const listener = makeListener(tls.options);
  listener.servers.plain.on('request', portHandler(services, false, pages)).on('upgrade', upgrade);
  listener.servers.tls?.on('request', portHandler(services, true, pages)).on('upgrade', upgrade);
  const rootServer = await listenOnRootSocket(env.rootSocket, rootHandler(services));
  // Before anybody can come: whom a host is connected to is written down when its agent does.
  await services.presence.begin();
  const { port } = await listener.listen(env.port, env.listen);

  return {
    address: `${env.listen}:${port}`,
    port,
    services,
    async stop() {
      loop.stop();
      notices.stop();
      samples.stop();
      await services.presence.end();
      relays.close();
      for (const connection of connections.all()) connection.close();
      rootServer.closeAllConnections();
      rootServer.close();
      await listener.close();
      await services.changes.stop();
      await db.$disconnect();
    },
  };
}

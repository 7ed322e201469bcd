import type { SignIn } from './auth/sign-in.ts';
import type { SignInLimit } from './auth/sign-in-limit.ts';
import type { Presence } from './dashboards/presence.ts';
import type { Db } from './db.ts';
import type { WebEnv } from './env.ts';
import type { ChangeListener } from './fleet/change-listener.ts';
import type { InstallationKey } from './host-sync/installation-key.ts';
import type { AgentArchive } from './hosts/agent-archive.ts';
import type { SeenAtInstall } from './hosts/seen-at-install.ts';

/** What lives as long as the process, made once in server.ts. */
export interface WebServices {
  env: WebEnv;
  db: Db;
  signIn: SignIn;
  signInLimit: SignInLimit;
  changes: ChangeListener;
  /** this process among the dashboards of the installation */
  presence: Presence;
  /** PEM of the authority that signs our certificate, when not everybody knows it */
  authority: string | null;
  /** null: this dashboard runs out of a clone, where nothing was packed */
  archive: AgentArchive | null;
  seenAtInstall: SeenAtInstall;
  installation: { id: string; epoch: string; name: string; key: InstallationKey };
}

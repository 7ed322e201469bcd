import path from 'node:path';
import * as z from 'zod';

const Env = z.object({
  CELLBLOCK_DATA: z.string().default('/var/lib/cellblock'),
  CELLBLOCK_PORT: z.coerce.number().int().min(0).max(65535).default(7800),
  /** address to listen on; loopback unless someone says otherwise */
  CELLBLOCK_LISTEN: z.string().default('127.0.0.1'),
  /** what people and agents call this dashboard */
  CELLBLOCK_URL: z.url().optional(),
  CELLBLOCK_CERT: z.string().optional(),
  CELLBLOCK_KEY: z.string().optional(),
  DATABASE_URL: z
    .string()
    .min(1, 'is empty: name the database, postgresql://user@localhost/name?host=/run/dir'),
  CELLBLOCK_VERSION: z.string().default('development'),
  /** archive of the agent for further hosts; an installed build has one */
  CELLBLOCK_ARCHIVE: z.string().optional(),
  /** serves no pages: for tests of the API, which need no build of Next */
  CELLBLOCK_API_ONLY: z.stringbool().default(false),
});

export interface WebEnv {
  /** DATA/web: keys and secrets of the dashboard, its own alone */
  secretsDirectory: string;
  /** DATA/run/web/root.sock */
  rootSocket: string;
  port: number;
  listen: string;
  /** `http://localhost:7800`, without a slash at the end */
  url: string;
  certificate: { cert: string; key: string } | null;
  databaseUrl: string;
  version: string;
  /** tar.gz that further hosts install; null: none was packed */
  agentArchive: string | null;
  apiOnly: boolean;
}

/** Reads the environment that the supervisor gives. Throws one error that names every variable at fault. */
export function readEnv(variables: Record<string, string | undefined>): WebEnv {
  const parsed = Env.safeParse(variables);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`the dashboard's environment is not valid. ${faults.join('; ')}`);
  }
  const env = parsed.data;
  if ((env.CELLBLOCK_CERT === undefined) !== (env.CELLBLOCK_KEY === undefined)) {
    throw new Error('CELLBLOCK_CERT and CELLBLOCK_KEY belong together: give both or neither');
  }
  return {
    secretsDirectory: path.join(env.CELLBLOCK_DATA, 'web'),
    rootSocket: path.join(env.CELLBLOCK_DATA, 'run/web/root.sock'),
    port: env.CELLBLOCK_PORT,
    listen: env.CELLBLOCK_LISTEN,
    url: (env.CELLBLOCK_URL ?? `http://localhost:${env.CELLBLOCK_PORT}`).replace(/\/+$/, ''),
    certificate:
      env.CELLBLOCK_CERT !== undefined && env.CELLBLOCK_KEY !== undefined
        ? { cert: env.CELLBLOCK_CERT, key: env.CELLBLOCK_KEY }
        : null,
    databaseUrl: env.DATABASE_URL,
    version: env.CELLBLOCK_VERSION,
    agentArchive: env.CELLBLOCK_ARCHIVE ?? null,
    apiOnly: env.CELLBLOCK_API_ONLY,
  };
}

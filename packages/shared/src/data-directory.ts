/**
 * Where everything of one installation lies: all of it derives from the data directory (`--data`,
 * CELLBLOCK_DATA). Owner and mode in the comments; `up` makes what is missing.
 */
export const DEFAULT_DATA_DIRECTORY = '/var/lib/cellblock';
export const DEFAULT_PORT = 7420;

/** A line that a person can paste for this installation: `cellblock down --data /srv/second`. */
export function cellblockAt(data: string, verb: string): string {
  return data === DEFAULT_DATA_DIRECTORY ? `cellblock ${verb}` : `cellblock ${verb} --data ${data}`;
}

export type DataDirectory = ReturnType<typeof dataDirectory>;

export function dataDirectory(data: string) {
  return {
    data,
    /** installed builds, one directory each; root's, readable by all */
    app: `${data}/app`,
    /** link to the build in use */
    currentApp: `${data}/app/current`,
    /** the database's files; cellblock-db 0700 */
    postgres: `${data}/postgres`,
    /** installation key and secrets of the dashboard; cellblock-web 0700 */
    web: `${data}/web`,
    /** key, ledger, receipts and jails of the agent; root 0700 */
    agent: `${data}/agent`,
    /** where the agent is enrolled, or the token to enrol with; root 0600 */
    hostFile: `${data}/agent/host.json`,
    log: `${data}/log`,
    run: `${data}/run`,
    /** the dashboard, for root without signing in; its directory is cellblock-web's, 0700 */
    rootSocket: `${data}/run/web/root.sock`,
    /** dialer and warden; directory root:cellblock-dialer 0750 */
    dialerSocket: `${data}/run/warden/dialer.sock`,
    /** what the dialer needs to know, written by the warden; root:cellblock-dialer 0640 */
    dialerFile: `${data}/run/warden/dialer.json`,
    /** the agent's router for root on the host */
    localSocket: `${data}/run/warden/local.sock`,
    /** directory of PostgreSQL's socket; cellblock-db:cellblock-web 0750 */
    databaseSocket: `${data}/run/postgres`,
    /** the host's own limits; beside the data when that is not in its usual place */
    bounds: data === DEFAULT_DATA_DIRECTORY ? '/etc/cellblock/bounds.d' : `${data}/bounds.d`,
  };
}

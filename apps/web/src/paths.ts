/** Every URL of the dashboard is built here; names stand in the path, never ids of rows. */
const part = encodeURIComponent;

export type SetupStep = 'claim' | 'host' | 'network' | 'jail';
export type HostTab = 'overview' | 'jails' | 'network' | 'checks' | 'answers' | 'history';
export type AccessTab = 'users' | 'roles' | 'tokens';
export type JailTab =
  | 'overview'
  | 'network'
  | 'files'
  | 'limits'
  | 'processes'
  | 'logs'
  | 'xray'
  | 'history'
  | 'config';

/** Appends the parameters that are set; an empty value is left out. */
function withQuery(path: string, params: Record<string, string | null | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) if (value) query.set(name, value);
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

export const paths = {
  home: () => '/',
  setup: (step: SetupStep, token?: string) => withQuery(`/setup/${step}`, { token }),
  invite: (token: string) => withQuery('/invite', { token }),
  signIn: (next?: string) => withQuery('/sign-in', { next: next === '/' ? undefined : next }),
  overview: () => '/overview',
  account: () => '/account',
  hosts: () => '/hosts',
  enroll: () => '/enroll',
  host: (host: string, tab: HostTab = 'overview') => `/hosts/${part(host)}/${tab}`,
  jails: (q?: string) => withQuery('/jails', { q }),
  jailNew: (given: { host?: string; network?: string; ip?: string; image?: string } = {}) =>
    withQuery('/jails/new', given),
  jail: (jail: string, tab: JailTab = 'overview') => `/jails/${part(jail)}/${tab}`,
  jailFiles: (jail: string, path?: string) => withQuery(`/jails/${part(jail)}/files`, { path }),
  networks: () => '/networks',
  networkNew: () => '/networks/new',
  network: (network: string, given: { pool?: string; sel?: string } = {}) =>
    withQuery(`/networks/${part(network)}`, given),
  address: (address: string, at?: string) => withQuery(`/ip/${part(address)}`, { at }),
  images: (given: { sel?: string; do?: 'new' } = {}) => withQuery('/images', given),
  tasks: (q?: string) => withQuery('/tasks', { q }),
  task: (task: string) => `/tasks/${part(task)}`,
  access: (tab: AccessTab = 'users') => `/access/${tab}`,
  notifications: (tab?: string) => withQuery('/notifications', { tab }),
  audit: (q?: string) => withQuery('/audit', { q }),
  auditEvent: (seq: number) => `/audit/${seq}`,
};

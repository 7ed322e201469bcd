import { HOST_SILENT_AFTER_MS, type HostState } from '@cellblock/shared/views/host-view';

/** What a host is to a person: one that has been silent for a while is unknown, whatever it said before. */
export function hostStateOf(host: { state: string; lastReportAt: Date | null }, now = Date.now()): HostState {
  if (host.state !== 'ready') return host.state as HostState;
  const silent = host.lastReportAt === null || now - host.lastReportAt.getTime() > HOST_SILENT_AFTER_MS;
  return silent ? 'unknown' : 'ready';
}

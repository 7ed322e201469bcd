import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import path from 'node:path';
import { fingerprintText } from '@cellblock/shared/agent-handshake';
import { AppError } from '@cellblock/shared/app-error';
import { cellblockAt, type DataDirectory } from '@cellblock/shared/data-directory';
import { dashboardAuthority } from './dashboard-authority.ts';
import { callDashboard } from './dashboard-root.ts';
import { replaceDurably } from './replace-durably.ts';
import { isLoopback, type Settings, urlOf } from './settings.ts';

/**
 * `host.json` tells the warden which dashboard it belongs to, with the one-time token until that has taken it.
 * For this machine the token is made over root's socket; a further host is given it.
 */
export async function ensureHostFile(place: DataDirectory, settings: Settings): Promise<void> {
  const given = settings.agentOnly;
  if (existsSync(place.hostFile)) {
    if (!given) return await followDashboard(place, settings);
    // A line that was refused is followed by another.
    if (!given.token || isEnrolled(place)) return;
  }
  if (given) {
    if (!given.dashboard || !given.token) {
      throw new AppError('invalid', 'This host is not enrolled yet.', {
        cause: `There is no ${place.hostFile}.`,
        fix: 'On the dashboard: cellblock host enroll; then run here the line that it prints.',
      });
    }
    const ca = await dashboardAuthority(given.dashboard, given.token);
    await writeHostFile(place, { dashboardUrl: given.dashboard, token: given.token, ca });
    return;
  }
  const { token } = await callDashboard<{ token: string }>(place.rootSocket, 'mutation', 'hosts.enroll', {
    local: true,
  });
  await writeHostFile(place, { ...dashboardOnThisMachine(place, settings), token });
}

function isEnrolled(place: DataDirectory): boolean {
  return Boolean((JSON.parse(readFileSync(place.hostFile, 'utf8')) as { host?: unknown }).host);
}

/** The dashboard beside it may have been given another port, address or certificate since. */
async function followDashboard(place: DataDirectory, settings: Settings): Promise<void> {
  const file = JSON.parse(readFileSync(place.hostFile, 'utf8')) as WhereToDial;
  const now = dashboardOnThisMachine(place, settings);
  if (file.dashboardUrl !== now.dashboardUrl || (file.ca ?? null) !== now.ca)
    await writeHostFile(place, { ...file, ...now });
}

type WhereToDial = { dashboardUrl: string; ca: string | null };

/** The agent beside the dashboard goes over loopback where that is listened on, whatever name others know. */
function dashboardOnThisMachine(place: DataDirectory, settings: Settings): WhereToDial {
  const loopback = isLoopback(settings.listen) || ['0.0.0.0', '::'].includes(settings.listen);
  if (loopback) return { dashboardUrl: `http://localhost:${settings.port}`, ca: null };
  const authority = path.join(place.web, 'ca.pem');
  // Without a certificate that it was given, the dashboard shows one by its own authority.
  if (settings.cert !== undefined || !existsSync(authority))
    return { dashboardUrl: urlOf(settings), ca: null };
  return { dashboardUrl: ownUrl(settings), ca: readFileSync(authority, 'utf8') };
}

/** Where the dashboard itself answers. Another port is that of a proxy, which shows a certificate of its own; that
 *  of the dashboard names the address, too, on which it listens. */
function ownUrl(settings: Settings): string {
  const url = new URL(urlOf(settings));
  if (Number(url.port || 443) === settings.port) return urlOf(settings);
  const host = isIPv6(settings.listen) ? `[${settings.listen}]` : settings.listen;
  return `https://${host}:${settings.port}`;
}

/** Where this host's agent dials; empty while it was told of no dashboard. */
export function dashboardOf(place: DataDirectory): string {
  if (!existsSync(place.hostFile)) return '';
  return (JSON.parse(readFileSync(place.hostFile, 'utf8')) as { dashboardUrl: string }).dashboardUrl;
}

/** It holds the counter and the pinned key: a power cut leaves the old file or the new one, whole. */
export async function writeHostFile(place: DataDirectory, content: object): Promise<void> {
  await replaceDurably(place.hostFile, `${JSON.stringify(content)}\n`);
}

type Host = { id: string; state: string; local: boolean };

/**
 * Approves this machine's agent, known by the fingerprint of the key in its data directory: whoever is root
 * here needs nobody's approval. False while it has not come forward or not reported yet.
 */
export async function enrolLocalHost(place: DataDirectory): Promise<boolean> {
  const fingerprint = hostFingerprint(place);
  if (!fingerprint) return false;
  const hosts = await callDashboard<Host[]>(place.rootSocket, 'query', 'hosts.list');
  for (const { id } of hosts) {
    const host = await callDashboard<Host & { name: string; fingerprint: string }>(
      place.rootSocket,
      'query',
      'hosts.get',
      {
        host: id,
      },
    );
    if (host.fingerprint !== fingerprint) continue;
    if (host.state === 'waiting') await approve(place, id, fingerprint);
    if (host.state === 'locked') throw lockedHere(place, host);
    return host.state === 'ready' || host.state === 'frozen';
  }
  return false;
}

async function approve(place: DataDirectory, host: string, fingerprint: string): Promise<void> {
  try {
    await callDashboard(place.rootSocket, 'mutation', 'hosts.approve', { host, fingerprint });
  } catch (error) {
    // Somebody, or the dashboard by itself, was faster.
    if (!(error instanceof AppError && error.refusal.code === 'conflict')) throw error;
  }
}

function lockedHere(place: DataDirectory, host: { name: string; fingerprint: string }): AppError {
  const at = (verb: string) => cellblockAt(place.data, verb);
  return new AppError('conflict', 'This host is locked: its key was used twice.', {
    cause: `Two agents showed the key ${host.fingerprint} of ${place.agent}/key.pem: a copy of this machine or of its data runs somewhere, or its data was put back from a backup.`,
    fix: `${at('up --detach --no-agent')}; ${at('audit search kind:host.enroll')} says where the other came from: end it; then: ${at(`host approve ${host.name}`)}; ${at('down')}; ${at('up')}`,
  });
}

/** What a person compares before a host is let in; null until the agent has made its key. */
export function hostFingerprint(place: DataDirectory): string | null {
  const raw = hostPublicKey(place);
  return raw && fingerprintText(createHash('sha256').update(raw).digest('hex'));
}

/** The raw key of this host's agent; null until that has made it. */
export function hostPublicKey(place: DataDirectory): Buffer | null {
  const keyFile = path.join(place.agent, 'key.pem');
  if (!existsSync(keyFile)) return null;
  return createPublicKey(createPrivateKey(readFileSync(keyFile)))
    .export({ type: 'spki', format: 'der' })
    .subarray(-32);
}

import { readFile } from 'node:fs/promises';
import { DashboardAddress } from '@cellblock/shared/dialer-file';
import * as z from 'zod';
import { writeDurably } from './durable-file.ts';

/** Which dashboard this host belongs to; `DATA/agent/host.json`, root's alone. */
export const HostFile = z.object({
  dashboardUrl: z.string(),
  /** one-time enrolment secret; removed once the dashboard has taken the host */
  token: z.string().nullable().default(null),
  /** raw Ed25519 public key of the dashboard, base64; pinned at enrolment, and from then on the only one */
  dashboardKey: z.string().nullable().default(null),
  /** SHA-256 of the dashboard's key, hex: what stays of a token that was refused, so that no other answers in its place */
  dashboardKeyHash: z.string().nullable().default(null),
  /** PEM of the authority that signs the dashboard's certificate; null: the system's */
  ca: z.string().nullable().default(null),
  /** how often this key has been used to connect */
  counter: z.int().min(0).default(0),
  host: z.object({ id: z.uuid(), name: z.string() }).nullable().default(null),
  dashboard: z.uuid().nullable().default(null),
  /** further dashboards of the same installation, as one of them has said */
  others: DashboardAddress.array().default([]),
});
export type HostFile = z.infer<typeof HostFile>;

/** null: this host was never told of a dashboard. */
export async function readHostFile(path: string): Promise<HostFile | null> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return text === null ? null : HostFile.parse(JSON.parse(text));
}

let last: Promise<unknown> = Promise.resolve();

/** Changes of the file one after the other; what `change` leaves out stays. Does nothing where there is none. */
export function updateHostFile(
  path: string,
  change: (file: HostFile) => Partial<HostFile>,
): Promise<HostFile | null> {
  const done = last.then(async () => {
    const file = await readHostFile(path);
    if (file === null) return null;
    const changed = { ...file, ...change(file) };
    await writeHostFile(path, changed);
    return changed;
  });
  last = done.catch(() => undefined);
  return done;
}

export async function writeHostFile(path: string, file: HostFile): Promise<void> {
  await writeDurably(path, `${JSON.stringify(file, null, 2)}\n`, 0o600);
}

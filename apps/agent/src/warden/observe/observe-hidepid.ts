import { PROC_HIDEPID } from '@cellblock/shared/proc-hidepid';
import type { WardenHost } from '../warden-host.ts';

export const PROC = '/proc';

/** hidepid of the host's /proc; null where something else is mounted there. */
export async function readHidepid({ kernel }: Pick<WardenHost, 'kernel'>): Promise<string | null> {
  const mount = (await kernel.listMounts({ under: PROC })).findLast(({ target }) => target === PROC);
  if (mount?.fsType !== 'proc') return null;
  const option = mount.options.find((one) => one.startsWith('hidepid='));
  return option?.slice('hidepid='.length) ?? 'off';
}

/** The setting where the bounds name it: nobody else asks for it, and a list of all mounts takes its time. */
export async function observeHidepid(host: WardenHost) {
  if (!host.mayChange().includes(PROC_HIDEPID)) return [];
  const value = await readHidepid(host);
  return value === null ? [] : [{ key: PROC_HIDEPID, value, mayChange: true }];
}

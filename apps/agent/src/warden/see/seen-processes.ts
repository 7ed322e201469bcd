import { readFileSync } from 'node:fs';
import type { SeenProcess } from '@cellblock/shared/sight';
import type { WardenHost } from '../warden-host.ts';

const MOST = 2_000;

/** The processes of a control group with the numbers and users that its jail knows them by. */
export async function seenProcesses(
  host: Pick<WardenHost, 'kernel'>,
  o: { group: string; idBase: number },
): Promise<{ processes: SeenProcess[]; more: number }> {
  const pids = (await host.kernel.readCgroup({ name: o.group }))?.pids ?? [];
  const numbers = new Map<number, number>();
  const found = pids.slice(0, MOST).flatMap((pid) => {
    const status = statusOf(pid);
    // One that has another number outside than inside is in a pid namespace: spawn itself, on its way in, is not.
    const inside = status.NSpid?.split(/\s+/).map(Number) ?? [];
    const own = inside.at(-1);
    if (own === undefined || inside.length < 2) return [];
    numbers.set(pid, own);
    return [{ status, own }];
  });
  const processes = found
    .map(
      ({ status, own }): SeenProcess => ({
        pid: own,
        parent: numbers.get(Number(status.PPid)) ?? 0,
        uid: Number(status.Uid?.split(/\s+/)[0]) - o.idBase,
        state: status.State?.slice(0, 1) ?? '?',
        name: status.Name ?? '',
      }),
    )
    .sort((a, b) => a.pid - b.pid);
  return { processes, more: Math.max(0, pids.length - MOST) };
}

/** Empty for a process that has ended meanwhile. */
function statusOf(pid: number): Record<string, string> {
  try {
    const lines = readFileSync(`/proc/${pid}/status`, 'utf8').split('\n');
    return Object.fromEntries(
      lines.map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon), line.slice(colon + 1).trim()];
      }),
    );
  } catch {
    return {};
  }
}

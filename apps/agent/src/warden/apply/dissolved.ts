import type { Kernel } from '@cellblock/native/kernel';
import type { WardenHost } from '../warden-host.ts';

/** Somebody else may hold the namespace: then the port is deleted after all. */
const PATIENCE_MS = 2_000;
const FIRST_LOOK_MS = 4;
const LONGEST_MS = 32;

/** Whether a port has gone by itself, with the network namespace that its other end was in. */
export async function dissolved(host: WardenHost, port: string): Promise<boolean> {
  const end = performance.now() + PATIENCE_MS;
  for (let wait = FIRST_LOOK_MS; ; wait = Math.min(wait * 2, LONGEST_MS)) {
    if (!(await linksNow(host.kernel)).has(port)) return true;
    if (performance.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

/** A look that has not begun yet serves all who wait for one; one that has may have missed what they did. */
const looks = new WeakMap<Kernel, { begun: Promise<unknown>; next: Promise<ReadonlySet<string>> | null }>();

function linksNow(kernel: Kernel): Promise<ReadonlySet<string>> {
  const look = looks.get(kernel) ?? { begun: Promise.resolve(), next: null };
  looks.set(kernel, look);
  look.next ??= look.begun
    .catch(() => undefined)
    .then(() => {
      const now = kernel.listLinks({}).then((links) => new Set(links.map(({ name }) => name)));
      look.begun = now;
      look.next = null;
      return now;
    });
  return look.next;
}

import type { Kernel } from '@cellblock/native/kernel';
import type { WardenHost } from '../warden-host.ts';

/** Elements that one transaction may take: its text is parsed while nothing else of the filter can change. */
const MOST = 256;

interface Change {
  ruleset: string;
  resolve: () => void;
  reject: (error: unknown) => void;
}

interface Queue {
  waiting: Change[];
  busy: boolean;
}

const queues = new WeakMap<Kernel, Queue>();

/**
 * Applies a change of the filter. A transaction costs the same for one element and for a hundred, so changes
 * that come while one is under way share the next, in the order in which they came; when that is refused, each
 * is made alone, and hears its own answer.
 */
export function applyTogether({ kernel }: WardenHost, ruleset: string): Promise<void> {
  const queue = queues.get(kernel) ?? { waiting: [], busy: false };
  queues.set(kernel, queue);
  return new Promise((resolve, reject) => {
    queue.waiting.push({ ruleset, resolve, reject });
    if (!queue.busy) void drain(kernel, queue);
  });
}

async function drain(kernel: Kernel, queue: Queue): Promise<void> {
  queue.busy = true;
  while (queue.waiting.length > 0) {
    const changes = queue.waiting.splice(0, MOST);
    if (changes.length === 1 || !(await applied(kernel, changes)))
      for (const change of changes) await alone(kernel, change);
  }
  // In the same breath as the look: whoever comes later begins anew.
  queue.busy = false;
}

async function applied(kernel: Kernel, changes: Change[]): Promise<boolean> {
  try {
    await kernel.applyNft({ ruleset: changes.map(({ ruleset }) => ruleset).join('') });
  } catch {
    return false;
  }
  for (const { resolve } of changes) resolve();
  return true;
}

async function alone(kernel: Kernel, { ruleset, resolve, reject }: Change): Promise<void> {
  await kernel.applyNft({ ruleset }).then(resolve, reject);
}

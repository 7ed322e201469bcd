import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Kernel } from '../lib/kernel.ts';
import { KernelError } from '../lib/kernel-error.ts';

/** Every process of the machine has its /proc from one instance: what is no instance of its own is not touched. */
const FRESH_PROC = `here=$(stat -c %d /proc)
mount -t proc -o nosuid,nodev,noexec,gid=4 proc /proc || exit 1
[ "$(stat -c %d /proc)" != "$here" ] || { echo "/proc is no instance of its own" >&2; exit 1; }
exec "$@"`;

const SERVE = `
import { createInterface } from 'node:readline';
import { createLinuxKernel } from ${JSON.stringify(join(import.meta.dirname, '../lib/linux-kernel.ts'))};
const kernel = createLinuxKernel();
for await (const line of createInterface({ input: process.stdin })) {
  const { verb, options } = JSON.parse(line);
  const answer = await kernel[verb](options).then(
    (value) => ({ value: value ?? null }),
    ({ step, code, errno, message }) => ({ refusal: { step, code, errno, message } }),
  );
  console.log(JSON.stringify(answer));
}`;

interface Answer {
  value?: unknown;
  refusal?: { step: string; code: string; errno: number; message: string };
}

/** The machine's kernel, asked from a mount namespace of its own with a /proc that is an instance of its own; until
 *  the process is killed. One question at a time. */
export async function kernelApart(): Promise<{ kernel: Kernel; process: ChildProcess }> {
  const serve = [process.execPath, '--input-type=module', '-e', SERVE];
  const child = spawn(
    'unshare',
    ['--mount', '--propagation', 'private', '/bin/sh', '-c', FRESH_PROC, 'sh', ...serve],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  await once(child, 'spawn');
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (verb: string, options: object) => {
    child.stdin.write(`${JSON.stringify({ verb, options })}\n`);
    const { value, done } = await answers.next();
    if (done) throw new Error('the kernel apart has ended');
    const { value: answered, refusal } = JSON.parse(value) as Answer;
    if (refusal) throw new KernelError(refusal.step, refusal.code, refusal.errno, refusal.message);
    return answered;
  };
  const kernel = new Proxy({} as Kernel, {
    get: (_, verb) => (verb === 'then' ? undefined : (options: object) => ask(String(verb), options)),
  });
  return { kernel, process: child };
}

import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ended } from '../stand/run-program.ts';

/** Root's shell in a virtual machine: one command at a time, over a socket of qemu. */
export interface RootShell {
  /** Resolves with the id of the next boot that says hello after `last`. */
  booted(last: string | null, timeoutMs: number): Promise<string>;
  run(command: string, timeoutMs?: number): Promise<Ended>;
  /** as run, and throws with everything it said when it failed */
  must(command: string, timeoutMs?: number): Promise<string>;
  close(): void;
}

const unhex = (text = '') => Buffer.from(text, 'hex').toString();

export async function openRootShell(socketPath: string): Promise<RootShell> {
  const socket = await connected(socketPath);
  let [rest, boot, number] = ['', null as string | null, 0];
  const answers = new Map<string, (ended: Ended) => void>();
  let queue: Promise<unknown> = Promise.resolve();
  socket.on('error', () => undefined);
  socket.on('data', (piece: Buffer) => {
    const lines = (rest + piece.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      // What a machine said when its power was cut may stand before the hello.
      const hello = /hello ([0-9a-f-]{36})$/.exec(line)?.[1];
      if (hello) boot = hello;
      const [id = '', status, out, err] = line.split(' ');
      answers.get(id)?.({ exitCode: Number(status), stdout: unhex(out), stderr: unhex(err) });
    }
  });

  const runNow = (command: string, timeoutMs: number) =>
    new Promise<Ended>((resolve, reject) => {
      number += 1;
      const id = String(number);
      const timer = setTimeout(() => {
        answers.delete(id);
        reject(new Error(`the virtual machine did not answer within ${timeoutMs} ms: ${command}`));
      }, timeoutMs + 10_000);
      answers.set(id, (ended) => {
        clearTimeout(timer);
        answers.delete(id);
        resolve(ended);
      });
      socket.write(`${id} ${timeoutMs / 1000} ${Buffer.from(command).toString('hex')}\n`);
    });

  const shell: RootShell = {
    async booted(last, timeoutMs) {
      const deadline = Date.now() + timeoutMs;
      while (boot === last || boot === null) {
        if (Date.now() > deadline) throw new Error(`the virtual machine did not boot within ${timeoutMs} ms`);
        await sleep(50);
      }
      return boot;
    },
    run(command, timeoutMs = 60_000) {
      const ended = queue.then(() => runNow(command, timeoutMs));
      queue = ended.catch(() => undefined);
      return ended;
    },
    async must(command, timeoutMs) {
      const { exitCode, stdout, stderr } = await shell.run(command, timeoutMs);
      if (exitCode === 0) return stdout;
      throw new Error(`in the virtual machine: ${command}: exit ${exitCode}\n${stdout}${stderr}`);
    },
    close: () => socket.destroy(),
  };
  return shell;
}

/** qemu makes its sockets before it starts the machine, a moment after it was started itself. */
export async function connected(socketPath: string): Promise<net.Socket> {
  for (let attempt = 0; ; attempt += 1) {
    const socket = net.connect(socketPath);
    const opened = await new Promise<Error | null>((resolve) => {
      socket.once('connect', () => resolve(null));
      socket.once('error', resolve);
    });
    if (!opened) return socket;
    if (attempt === 200) throw opened;
    await sleep(50);
  }
}

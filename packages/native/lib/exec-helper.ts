import { Socket } from 'node:net';
import { callAddon } from './addon.ts';

/** `spawn exec` at work: our ends of its streams. */
export interface ExecHelper {
  pid: number;
  stdin: Socket;
  stdout: Socket;
  stderr: Socket;
  /** Takes the request, says how it went, and keeps the command alive. */
  control: Socket;
}

const NOTHING = Buffer.alloc(0);

/**
 * Not as a child process of Node's: that copies the page tables of the whole warden, and stops it meanwhile. The
 * helper has its request when it begins, before this thread hears of it; without one it waits for it. It leaves with
 * its control stream at the latest, and is waited for then.
 */
export async function startExecHelper(program: string, request: Buffer = NOTHING): Promise<ExecHelper> {
  const { pid, streams } = await callAddon<{ pid: number; streams: [number, number, number, number] }>(
    'startAttachedProgram',
    { arguments: [program, 'exec'], count: 4, input: request },
  );
  const [stdin, stdout, stderr, control] = streams.map((fd) => new Socket({ fd, allowHalfOpen: true })) as [
    Socket,
    Socket,
    Socket,
    Socket,
  ];
  // The helper has gone: exit tells.
  for (const stream of [stdin, stdout, stderr, control]) stream.on('error', () => {});
  stdin.resume();
  control.once('close', () => void callAddon('reapProgram', { pid }));
  return { pid, stdin, stdout, stderr, control };
}

export const streamsOf = ({ stdin, stdout, stderr, control }: ExecHelper): Socket[] => [
  stdin,
  stdout,
  stderr,
  control,
];

import { open } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';

/**
 * News from the keeper of a tree: `c` when there is more console, `x` when all is over. It ends when the
 * keeper has gone, or was not there to begin with. Many pieces of the same news arrive as one.
 */
export async function* keeperNews(
  runDirectory: string,
  signal?: AbortSignal,
): AsyncGenerator<'console' | 'over', void> {
  yield* await listenToKeeper(runDirectory, signal);
}

/** The same, of the keeper that is there now; who does not come to read them ends them by the signal. */
export async function listenToKeeper(runDirectory: string, signal?: AbortSignal) {
  return newsOf(await connectTo(runDirectory, signal), signal);
}

async function* newsOf(
  socket: Socket | null,
  signal?: AbortSignal,
): AsyncGenerator<'console' | 'over', void> {
  if (!socket) return;
  try {
    for await (const data of socket as AsyncIterable<Buffer>) {
      if (data.includes('c')) yield 'console';
      if (data.includes('x')) yield 'over';
    }
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error;
  } finally {
    socket.destroy();
  }
}

async function connectTo(runDirectory: string, signal?: AbortSignal): Promise<Socket | null> {
  signal?.throwIfAborted();
  // A socket address holds 107 bytes; through a descriptor the path may be as long as it likes.
  const directory = await open(runDirectory, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (!directory) return null;
  try {
    return await new Promise<Socket | null>((resolve, reject) => {
      const socket = connect(join('/proc/self/fd', String(directory.fd), 'keeper.sock'));
      if (signal) {
        const abort = () => socket.destroy(signal.reason as Error);
        // It may have happened while the directory was opened: then its event is over.
        if (signal.aborted) abort();
        else signal.addEventListener('abort', abort, { once: true });
        socket.once('close', () => signal.removeEventListener('abort', abort));
      }
      socket.once('connect', () => resolve(socket));
      socket.once('error', (error: NodeJS.ErrnoException) => {
        // Reset: it was about to end, and closed its socket before it had answered.
        if (['ENOENT', 'ECONNREFUSED', 'ECONNRESET'].includes(error.code ?? '')) resolve(null);
        else reject(error);
      });
    });
  } finally {
    await directory.close();
  }
}

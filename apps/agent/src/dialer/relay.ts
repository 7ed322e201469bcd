import type { WebSocket } from 'ws';

/** Frames wait in our memory when one side is slower: above this the other side is not read. */
const ENOUGH_WAITING = 1024 * 1024;

/** Why it ended, where the dashboard answered no ping. */
export const SILENT = 'the dashboard is silent';

/** Passes frames both ways untouched until one side ends; then the other is ended too. Resolves with why. */
export function relay(dashboard: WebSocket, warden: WebSocket, pingEvery: number): Promise<string> {
  return new Promise((resolve) => {
    let over = false;
    const end = (why: string) => {
      if (over) return;
      over = true;
      stopPinging();
      dashboard.terminate();
      warden.terminate();
      resolve(why);
    };
    const stopPinging = noticeSilence(dashboard, pingEvery, () => end(SILENT));
    pass(dashboard, warden);
    pass(warden, dashboard);
    dashboard.once('close', (code) => end(`the dashboard closed the connection (${code})`));
    warden.once('close', () => end('the warden closed the connection'));
    dashboard.on('error', (error) => end(error.message));
    warden.on('error', (error) => end(error.message));
  });
}

function pass(from: WebSocket, to: WebSocket): void {
  from.on('message', (data, isBinary) => {
    to.send(data, { binary: isBinary }, () => {
      if (to.bufferedAmount < ENOUGH_WAITING && from.isPaused) from.resume();
    });
    if (to.bufferedAmount >= ENOUGH_WAITING) from.pause();
    globalThis.crashHere?.('dialer passed a frame');
  });
}

/**
 * A connection whose other end vanished without a word looks open for many minutes. A ping that is not
 * answered before the next one is due shows it.
 */
function noticeSilence(socket: WebSocket, every: number, silent: () => void): () => void {
  let answered = true;
  socket.on('pong', () => {
    answered = true;
  });
  socket.on('message', () => {
    answered = true;
  });
  const timer = setInterval(() => {
    if (!answered) return silent();
    // While we do not read, its answer cannot reach us.
    answered = socket.isPaused;
    socket.ping();
  }, every);
  return () => clearInterval(timer);
}

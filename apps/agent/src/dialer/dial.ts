import { readFileSync } from 'node:fs';
import { agentEndpoint, DialerFile } from '@cellblock/shared/dialer-file';
import { WebSocket } from 'ws';
import { relay } from './relay.ts';

export type DialerPlaces = {
  /** DATA/run/warden/dialer.json; read before every attempt */
  file: string;
  /** the warden's socket */
  socket: string;
};

const LONGEST_WAIT = 5_000;
const SHORTEST_WAIT = 250;
const CONNECT_WITHIN = 10_000;
/** A status of a host with a thousand jails is some hundred kilobytes. */
const LARGEST_FRAME = 64 * 1024 * 1024;

/** Full jitter: a thousand hosts that lost one dashboard do not come back in the same moment. */
export function waitBeforeAttempt(failures: number, random: () => number = Math.random): number {
  return random() * Math.min(LONGEST_WAIT, SHORTEST_WAIT * 2 ** failures);
}

/** Keeps a connection between dashboard and warden until the signal aborts. `say` gets one line per event. */
export async function keepDialled(
  places: DialerPlaces,
  options: { signal: AbortSignal; pingEvery: number; say: (line: string) => void },
): Promise<void> {
  const { signal, say } = options;
  let failures = 0;
  let lastWords = '';
  while (!signal.aborted) {
    const words = await connectOnce(places, options, () => {
      failures = 0;
    });
    if (words !== lastWords) say(words);
    lastWords = words;
    await pause(waitBeforeAttempt(failures++), signal);
  }
}

/** One connection from beginning to end. Resolves with why it ended. */
async function connectOnce(
  places: DialerPlaces,
  options: { signal: AbortSignal; pingEvery: number; say: (line: string) => void },
  connected: () => void,
): Promise<string> {
  const open: WebSocket[] = [];
  const abort = () => {
    for (const socket of open) socket.terminate();
  };
  options.signal.addEventListener('abort', abort, { once: true });
  try {
    const file = DialerFile.parse(JSON.parse(readFileSync(places.file, 'utf8')));
    const url = agentEndpoint(file.dashboardUrl);
    // The dashboard first: a warden is not to be woken for a dashboard that is away.
    const dashboard = await opened(url, { ...(file.ca ? { ca: file.ca } : {}) }, open);
    const warden = await opened(`ws+unix:${places.socket}:/`, {}, open);
    connected();
    options.say(`connected to ${url}`);
    const ended = relay(dashboard, warden, options.pingEvery);
    dashboard.resume();
    warden.resume();
    return await ended;
  } catch (error) {
    return wordsOf(error as NodeJS.ErrnoException, places);
  } finally {
    options.signal.removeEventListener('abort', abort);
    abort();
  }
}

/** Resolves with a connection that is open and paused. */
function opened(url: string, options: { ca?: string }, open: WebSocket[]): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, {
      ...options,
      handshakeTimeout: CONNECT_WITHIN,
      maxPayload: LARGEST_FRAME,
      perMessageDeflate: false,
    });
    open.push(socket);
    socket.once('open', () => {
      // A frame may come in the same packet: nothing is read before both ends stand.
      socket.pause();
      resolve(socket);
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed while connecting')));
    // After the connection stands an error shows as its end.
    socket.on('error', () => {});
  });
}

function wordsOf(error: NodeJS.ErrnoException, places: DialerPlaces): string {
  if (error.code === 'ENOENT' && error.path === places.file)
    return 'waiting for the warden to say where to dial';
  return `not connected: ${error.message || error.code}`;
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done, { once: true });
  });
}

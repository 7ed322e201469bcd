import { readFileSync } from 'node:fs';
import type {} from '@cellblock/shared/crash-points';
import { agentEndpoint, DialerFile } from '@cellblock/shared/dialer-file';
import { WebSocket } from 'ws';
import { relay, SILENT } from './relay.ts';

export type DialerPlaces = {
  /** DATA/run/warden/dialer.json; read before every attempt */
  file: string;
  /** the warden's socket */
  socket: string;
};

const LONGEST_WAIT = 5_000;
const SHORTEST_WAIT = 250;
const GROWTH = 1.5;
const CONNECT_WITHIN = 10_000;
/** A connection that lasted this long was one. */
const WELL_AFTER = 5_000;
/** How a connection is closed whose other end is gone without a word (RFC 6455, 7.4.1). */
const DIED = 1006;
/** Where there is another to ask, one that says nothing is given up sooner. */
const CONNECT_TO_ONE_OF_SEVERAL_WITHIN = 3_000;
/** A status of a host with a thousand jails is some hundred kilobytes. */
const LARGEST_FRAME = 64 * 1024 * 1024;

/**
 * Full jitter: a thousand hosts that lost one dashboard do not come back in the same moment. By its growth the
 * longest next wait is as long as the dashboard is away already: a short absence is not made a long one.
 */
export function waitBeforeAttempt(failures: number, random: () => number = Math.random): number {
  return random() * Math.min(LONGEST_WAIT, SHORTEST_WAIT * GROWTH ** failures);
}

/** Keeps a connection between dashboard and warden until the signal aborts. `say` gets one line per event. */
export async function keepDialled(
  places: DialerPlaces,
  options: { signal: AbortSignal; pingEvery: number; say: (line: string) => void },
): Promise<void> {
  const { signal, say } = options;
  let failures = 0;
  let lastWords = '';
  const turn = new Turn();
  while (!signal.aborted) {
    const { words, stood } = await connectOnce(places, options, turn);
    // One that refuses at once, as while its database is away, is to be spared like one that is away.
    if (stood) failures = 0;
    if (words !== lastWords) say(words);
    lastWords = words;
    await pause(waitBeforeAttempt(failures++), signal);
  }
}

/**
 * Which of several dashboards to dial: the one that was connected last, as long as it answers, then each in
 * its turn. A dashboard that is started anew has its hosts back, and one that is away loses them.
 */
export class Turn {
  #first: string | null = null;
  #missed = 0;

  next<T extends { url: string }>(all: readonly [T, ...T[]]): T {
    const at = Math.max(
      0,
      all.findIndex(({ url }) => url === this.#first),
    );
    return all[(at + this.#missed) % all.length] ?? all[0];
  }

  connected(url: string): void {
    this.#first = url;
    this.#missed = 0;
  }

  missed(): void {
    this.#missed += 1;
  }
}

/** One connection from beginning to end. Resolves with why it ended, and whether it stood until then: neither side
 *  was away, or refused it at once. */
async function connectOnce(
  places: DialerPlaces,
  options: { signal: AbortSignal; pingEvery: number; say: (line: string) => void },
  turn: Turn,
): Promise<{ words: string; stood: boolean }> {
  const open: WebSocket[] = [];
  const abort = () => {
    for (const socket of open) socket.terminate();
  };
  options.signal.addEventListener('abort', abort, { once: true });
  try {
    const file = DialerFile.parse(JSON.parse(readFileSync(places.file, 'utf8')));
    const { url: base, ca } = turn.next([{ url: file.dashboardUrl, ca: file.ca }, ...file.others]);
    const url = agentEndpoint(base);
    // The dashboard first: a warden is not to be woken for a dashboard that is away.
    const patience = file.others.length > 0 ? CONNECT_TO_ONE_OF_SEVERAL_WITHIN : CONNECT_WITHIN;
    const dashboard = await opened(url, { ...(ca ? { ca } : {}), handshakeTimeout: patience }, open).catch(
      (error: Error) => {
        turn.missed();
        throw error;
      },
    );
    globalThis.crashHere?.('dialer reached the dashboard');
    const warden = await opened(`ws+unix:${places.socket}:/`, { handshakeTimeout: CONNECT_WITHIN }, open);
    globalThis.crashHere?.('dialer reached the warden');
    options.say(`connected to ${url}`);
    const since = performance.now();
    // Where another can be asked, nobody need be sure for long that this one is gone.
    const pingEvery = file.others.length > 0 ? options.pingEvery / 2 : options.pingEvery;
    // Who dies says nothing: whoever closes in words has decided so.
    let closed = false;
    for (const side of [dashboard, warden])
      side.once('close', (code) => {
        closed ||= code !== DIED;
      });
    const ended = relay(dashboard, warden, pingEvery);
    dashboard.resume();
    warden.resume();
    const words = await ended;
    // One that was refused at once, by either side, is no better than one that is away.
    const well = performance.now() - since >= WELL_AFTER;
    if (well) turn.connected(base);
    // What answers no ping answers no dial: that would be three more seconds of waiting.
    if (!well || words === SILENT) turn.missed();
    return { words, stood: well || !closed };
  } catch (error) {
    return { words: wordsOf(error as NodeJS.ErrnoException, places), stood: false };
  } finally {
    options.signal.removeEventListener('abort', abort);
    abort();
  }
}

/** Resolves with a connection that is open and paused. */
function opened(
  url: string,
  options: { ca?: string; handshakeTimeout: number },
  open: WebSocket[],
): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, {
      ...options,
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

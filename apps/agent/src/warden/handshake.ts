import { createHash, createPublicKey, randomBytes, verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import {
  type AgentHello,
  type AgentProof,
  DashboardVerdict,
  DashboardWelcome,
  handshakeTranscript,
  signedTranscript,
} from '@cellblock/shared/agent-handshake';
import { frameKeys, newExchangeKey } from '@cellblock/shared/frame-seal';
import type { HostCheck } from '@cellblock/shared/host-status';
import { type OpenSocket, SealedSocket } from '@cellblock/shared/sealed-socket';
import type * as z from 'zod';
import type { AgentKey } from './agent-key.ts';
import { type HostFile, updateHostFile } from './host-file.ts';

const ANSWER_MS = 15_000;

/** Why a line is worth no second try: the agent would ask, and be recorded, every few seconds. */
const ENDS_TOKEN = /^(token-|rejected$)/;

/** The part of a WebSocket that frames are read from. */
interface FrameSource {
  on(event: 'message', listener: (data: { toString(): string }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  off(event: 'message', listener: (data: { toString(): string }) => void): unknown;
  off(event: 'close', listener: () => void): unknown;
}

export type FrameSocket = OpenSocket & FrameSource;

export interface Admitted {
  host: { id: string; name: string };
  dashboard: string;
  /** the connection from here on: what it brings was said by the dashboard */
  channel: SealedSocket;
  /** Call it when somebody listens: the dashboard may have asked in the same breath as it admitted us. */
  replay(): void;
}

/** Why there is no connection, in the words of whoever refused it. */
export class HandshakeRefused extends Error {
  readonly reason: string;
  readonly refusal: { cause: string; fix: string };

  constructor(reason: string, message: string, refusal: HandshakeRefused['refusal']) {
    super(message);
    this.name = 'HandshakeRefused';
    this.reason = reason;
    this.refusal = refusal;
  }
}

/**
 * The agent's side of agent-handshake.ts. The counter is on the disk before it is said, so that the same
 * number is never said twice; the dashboard's key is pinned with the first admission and every other key is
 * refused from then on. `onWaiting` is told while nobody has approved this host yet.
 */
export async function shakeHands(o: {
  socket: FrameSocket;
  key: AgentKey;
  hostFile: string;
  agentVersion: string;
  checks?(): HostCheck[];
  onWaiting?(fingerprint: string, message: string): void;
}): Promise<Admitted> {
  const file = await countConnection(o.hostFile);
  const frames = readFrames(o.socket);
  const exchange = newExchangeKey();
  try {
    const nonce = randomBytes(32).toString('base64');
    const hello: AgentHello = {
      type: 'hello',
      v: 2,
      publicKey: o.key.publicKey,
      counter: file.counter,
      nonce,
      exchange: exchange.publicKey,
      agentVersion: o.agentVersion,
      hostname: hostname(),
      machineId: await machineId(),
      clock: new Date().toISOString(),
      ...(file.host === null && o.checks ? { checks: o.checks() } : {}),
      ...(file.token === null ? {} : { token: file.token }),
    };
    const said = JSON.stringify(hello);
    o.socket.send(said);
    globalThis.crashHere?.('warden said hello');
    const first = await frames.next(ANSWER_MS);
    const welcome = DashboardWelcome.safeParse(first);
    if (!welcome.success) throw refusalOf(first);
    const transcript = handshakeTranscript(JSON.parse(said), first);
    provesItself(welcome.data, transcript, file);
    const keys = frameKeys(exchange, welcome.data.exchange, transcript);
    frames.release();
    const channel = new SealedSocket(o.socket, { sends: keys.agent, receives: keys.dashboard }, (why) =>
      console.error(`the connection to the dashboard is ended: ${why}`),
    );
    const proof: z.infer<typeof AgentProof> = {
      type: 'proof',
      signature: o.key.sign(signedTranscript('agent', transcript)),
    };
    const sealed = readFrames(channel);
    o.socket.send(JSON.stringify(proof));
    globalThis.crashHere?.('warden proved its key');
    let verdict = DashboardVerdict.parse(await sealed.next(ANSWER_MS));
    while (verdict.type === 'waiting') {
      o.onWaiting?.(verdict.fingerprint, verdict.message);
      verdict = DashboardVerdict.parse(await sealed.next(null));
    }
    if (verdict.type === 'refused') {
      if (ENDS_TOKEN.test(verdict.reason)) {
        const dashboardKeyHash = hashOf(welcome.data.publicKey);
        await updateHostFile(o.hostFile, () => ({ token: null, dashboardKeyHash }));
      }
      throw refusalOf(verdict);
    }
    const host = { id: verdict.host, name: verdict.name };
    const { dashboard } = verdict;
    const admitted = { token: null, dashboardKey: welcome.data.publicKey, host, dashboard };
    await updateHostFile(o.hostFile, () => admitted);
    const replay = () => {
      for (const frame of sealed.release()) channel.emit('message', Buffer.from(frame), false);
    };
    return { host, dashboard, channel, replay };
  } finally {
    frames.release();
  }
}

async function countConnection(path: string): Promise<HostFile> {
  const counted = await updateHostFile(path, ({ counter }) => ({ counter: counter + 1 }));
  if (counted === null) {
    throw new HandshakeRefused('not-enrolled', 'This host belongs to no dashboard.', {
      cause: `There is no ${path}.`,
      fix: 'At the dashboard: cellblock host enroll; then run here the line that it prints.',
    });
  }
  return counted;
}

function provesItself(welcome: DashboardWelcome, transcript: Buffer, file: HostFile): void {
  // The line that enrols a host ends in the hash of its dashboard's key, so that even the first answer is held to it.
  const expected = file.token === null ? file.dashboardKeyHash : file.token.split('.')[1];
  const given = hashOf(welcome.publicKey);
  if (!expected && file.dashboardKey === null) {
    throw new HandshakeRefused(
      'foreign-dashboard',
      `Nothing tells this host whether it is its dashboard that answers at ${file.dashboardUrl}.`,
      {
        cause: `It was admitted nowhere yet, and has no line that names its dashboard's key; the one that answers has the hash ${given.slice(0, 16)}….`,
        fix: 'Make a new line at the dashboard and run it here: cellblock host enroll',
      },
    );
  }
  if (expected && expected !== given) {
    throw new HandshakeRefused(
      'foreign-dashboard',
      `Whoever answers at ${file.dashboardUrl} is not the dashboard that made this host's line.`,
      {
        cause: `Its key has the hash ${given.slice(0, 16)}…, and the line names ${expected.slice(0, 16)}….`,
        fix: 'Compare the URL with the dashboard, then make a new line there: cellblock host enroll',
      },
    );
  }
  if (file.dashboardKey !== null && file.dashboardKey !== welcome.publicKey) {
    throw new HandshakeRefused(
      'foreign-dashboard',
      `Whoever answers at ${file.dashboardUrl} is not the dashboard that this host was enrolled at.`,
      {
        cause: `Its key is not the one that ${file.host?.name ?? 'this host'} was admitted with: another machine has its address, or it was installed anew without its secrets.`,
        fix: 'If it was installed anew, put its secrets back (cellblock dashboard import), or enrol this host anew, which ends its jails: here cellblock down; cellblock agent purge; there cellblock host enroll. If it was not, find out who answers there.',
      },
    );
  }
  const raw = Buffer.from(welcome.publicKey, 'base64');
  const publicKey = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') },
    format: 'jwk',
  });
  const signed = signedTranscript('dashboard', transcript);
  if (!verify(null, signed, publicKey, Buffer.from(welcome.signature, 'base64'))) {
    throw new HandshakeRefused('bad-proof', 'The dashboard did not prove that its key is its own.', {
      cause: `What ${file.dashboardUrl} signed is not what both have said: somebody between changed it, or only has the dashboard's public key.`,
      fix: `Look who stands between: a proxy must pass WebSockets as they are; then try again: curl -v ${file.dashboardUrl}/healthz`,
    });
  }
}

function hashOf(publicKey: string): string {
  return createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('hex');
}

function refusalOf(frame: unknown): Error {
  const verdict = DashboardVerdict.safeParse(frame);
  if (verdict.success && verdict.data.type === 'refused') {
    const { reason, message, cause, fix } = verdict.data;
    return new HandshakeRefused(reason, message, {
      cause: cause ?? `The dashboard said no more than ${reason}.`,
      fix: fix ?? 'Its history says more: cellblock audit search kind:host.enroll',
    });
  }
  return new Error('the dashboard answered with a frame that is no part of the handshake');
}

async function machineId(): Promise<string> {
  return (await readFile('/etc/machine-id', 'utf8').catch(() => '')).trim();
}

/** Frames one by one, none lost between two reads. */
function readFrames(socket: FrameSource) {
  const frames: string[] = [];
  let closed = false;
  let wake: () => void = () => undefined;
  const take = (data: { toString(): string }) => {
    frames.push(data.toString());
    wake();
  };
  const end = () => {
    closed = true;
    wake();
  };
  socket.on('message', take);
  socket.on('close', end);
  return {
    /** `timeoutMs` null: waits for as long as the socket is open. */
    async next(timeoutMs: number | null): Promise<unknown> {
      let late = false;
      const giveUp = () => {
        late = true;
        wake();
      };
      const timer = timeoutMs === null ? undefined : setTimeout(giveUp, timeoutMs);
      while (frames.length === 0 && !closed && !late) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      clearTimeout(timer);
      const frame = frames.shift();
      if (frame === undefined)
        throw new Error(closed ? 'the connection closed' : 'the dashboard did not answer in time');
      return JSON.parse(frame);
    },
    /** Reads no more; answers what was not asked for. */
    release(): string[] {
      socket.off('message', take);
      socket.off('close', end);
      return frames.splice(0);
    },
  };
}

import { createHash, createPublicKey, generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto';
import { once } from 'node:events';
import {
  AgentHello,
  AgentProof,
  handshakeTranscript,
  signedTranscript,
} from '@cellblock/shared/agent-handshake';
import { frameKeys, newExchangeKey } from '@cellblock/shared/frame-seal';
import { hostSpec, type SpecObject, type SpecPutAnswer, specKey } from '@cellblock/shared/host-spec';
import { SealedSocket } from '@cellblock/shared/sealed-socket';
import { sendAtOnce } from '@cellblock/shared/send-at-once';
import { specDigest } from '@cellblock/shared/spec-digest';
import { createTRPCClient, createWSClient, type TRPCClient, wsLink } from '@trpc/client';
import superjson from 'superjson';
import { WebSocket } from 'ws';
import type { AgentRouter } from '../src/warden/api/router.ts';

const DASHBOARD = '00000000-0000-7000-8000-0000000000d1';
const EPOCH = '00000000-0000-7000-8000-0000000000e1';
const HOST = '00000000-0000-7000-8000-0000000000a1';

/** The dashboard's end of a connection, on the warden's own socket: proves its key, then asks in reverse. */
export class TestDashboard {
  private readonly keys = generateKeyPairSync('ed25519');
  private socket: WebSocket | null = null;
  generation = 0;
  agentKey = '';
  /** of the connections, as the agent counts them */
  counters: number[] = [];

  /** A line's token: the hash of the key is what the agent knows this dashboard by. */
  get token(): string {
    return `once.${createHash('sha256').update(this.rawKey()).digest('hex')}`;
  }

  async connect(dialerSocket: string): Promise<TRPCClient<AgentRouter>> {
    const socket = new WebSocket(`ws+unix:${dialerSocket}:/`);
    this.socket = socket;
    const closed = once(socket, 'close').then(() => Promise.reject(new Error('the agent hung up')));
    closed.catch(() => undefined);
    const next = async () => JSON.parse(String((await Promise.race([once(socket, 'message'), closed]))[0]));
    const said = await next();
    const hello = AgentHello.parse(said);
    this.agentKey = hello.publicKey;
    this.counters.push(hello.counter);
    const publicKey = this.rawKey().toString('base64');
    const nonce = randomBytes(32).toString('base64');
    const exchange = newExchangeKey();
    const welcome = { type: 'welcome', publicKey, nonce, exchange: exchange.publicKey };
    const transcript = handshakeTranscript(said, welcome);
    const signature = sign(null, signedTranscript('dashboard', transcript), this.keys.privateKey);
    socket.send(JSON.stringify({ ...welcome, signature: signature.toString('base64') }));
    const proof = AgentProof.parse(await next());
    const signed = signedTranscript('agent', transcript);
    if (!verify(null, signed, rawKey(hello.publicKey), Buffer.from(proof.signature, 'base64')))
      throw new Error('the agent did not prove its key');
    const keys = frameKeys(exchange, hello.exchange, transcript);
    const channel = new SealedSocket(socket, { sends: keys.dashboard, receives: keys.agent }, (why) =>
      console.error(why),
    );
    // The first question follows in the same breath, as the real dashboard's does.
    channel.send(JSON.stringify({ type: 'ready', host: HOST, name: 'h1', dashboard: DASHBOARD }));
    const client = sendAtOnce(createWSClient({ url: 'ws://agent', WebSocket: openSocketClass(channel) }));
    return createTRPCClient<AgentRouter>({ links: [wsLink({ client, transformer: superjson })] });
  }

  private rawKey(): Buffer {
    return this.keys.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  }

  /** All of a spec, at the next generation; `changed`: only these differ from what was put before. */
  put(
    agent: TRPCClient<AgentRouter>,
    objects: SpecObject[],
    difference?: { changed: SpecObject[]; removed: string[] },
  ): Promise<SpecPutAnswer> {
    this.generation += 1;
    return agent.spec.put.mutate({
      dashboard: DASHBOARD,
      epoch: EPOCH,
      generation: this.generation,
      base: difference ? this.generation - 1 : null,
      changed: difference?.changed ?? objects,
      removed: difference?.removed ?? [],
      digest: specDigest(hostSpec(this.generation, objects).objects),
      expect: [],
    });
  }

  /** What differs from `base`, which the agent has accepted as the generation before. */
  putDifference(
    agent: TRPCClient<AgentRouter>,
    base: SpecObject[],
    objects: SpecObject[],
  ): Promise<SpecPutAnswer> {
    const text = new Map(base.map((object) => [specKey(object), JSON.stringify(object)]));
    const kept = new Set(objects.map(specKey));
    this.generation += 1;
    return agent.spec.put.mutate({
      dashboard: DASHBOARD,
      epoch: EPOCH,
      generation: this.generation,
      base: this.generation - 1,
      changed: objects.filter((object) => text.get(specKey(object)) !== JSON.stringify(object)),
      removed: [...text.keys()].filter((key) => !kept.has(key)),
      digest: specDigest(hostSpec(this.generation, objects).objects),
      expect: [],
    });
  }

  close(): void {
    this.socket?.terminate();
  }
}

export function rawKey(base64: string) {
  const x = Buffer.from(base64, 'base64').toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}

function openSocketClass(socket: SealedSocket): typeof globalThis.WebSocket {
  class Open extends EventTarget {
    static readonly CONNECTING = 0;
    static readonly OPEN = 1;
    static readonly CLOSING = 2;
    static readonly CLOSED = 3;
    constructor() {
      super();
      setImmediate(() => this.dispatchEvent(new Event('open')));
      socket.on('message', (data) =>
        this.dispatchEvent(new MessageEvent('message', { data: data.toString() })),
      );
      socket.on('close', () => this.dispatchEvent(new Event('close')));
    }
    get readyState() {
      return socket.readyState;
    }
    send(data: string) {
      socket.send(data);
    }
    close() {
      socket.close();
    }
  }
  return Open as unknown as typeof globalThis.WebSocket;
}

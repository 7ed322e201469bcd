import { createHash, generateKeyPairSync, randomBytes, randomUUID, sign } from 'node:crypto';
import { EventEmitter, on } from 'node:events';
import { signedNonce } from '@cellblock/shared/agent-handshake';
import { canonicalJson } from '@cellblock/shared/canonical-json';
import { type SpecObject, SpecPut, type SpecPutAnswer, specKey } from '@cellblock/shared/host-spec';
import { emptyHostState } from '@cellblock/shared/host-state';
import type { HostCheck, HostStatus } from '@cellblock/shared/host-status';
import type { Receipt, ReceiptBody } from '@cellblock/shared/receipt';
import { specDigest } from '@cellblock/shared/spec-digest';
import { initTRPC } from '@trpc/server';
import { getWSConnectionHandler } from '@trpc/server/adapters/ws';
import superjson from 'superjson';
import { WebSocket } from 'ws';
import * as z from 'zod';
import { rawPublicKey } from '../host-sync/installation-key.ts';

const t = initTRPC.create({ transformer: superjson });
const CHECK: HostCheck = { id: 'netns', title: 'network namespaces', verdict: 'have', evidence: '6.12' };

type Frame = { type: string; [field: string]: unknown };

/** An agent in memory that keeps the protocol: it holds a spec, and reports it as made true. */
export class AgentUnderTest {
  readonly key = generateKeyPairSync('ed25519');
  readonly publicKey = rawPublicKey(this.key.publicKey);
  counter = 0;
  hostId = '';
  /** what it was told, whole, and at which generation */
  objects = new Map<string, SpecObject>();
  generation: number | null = null;
  /** bases of the puts, in order */
  bases: (number | null)[] = [];
  receipts: Receipt[] = [];
  acknowledged = 0;
  socket: WebSocket | null = null;
  readonly #changed = new EventEmitter();
  readonly #instance = randomBytes(4).toString('hex');

  /** Dials and answers with the verdict; with `ready` it serves its router from then on. */
  async connect(
    port: number,
    more: { token?: string; counter?: number; signWith?: AgentUnderTest; waitForApproval?: boolean } = {},
  ): Promise<Frame> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/agent`);
    this.socket = socket;
    const early = framesAfterReady(socket);
    const frames = on(socket, 'message');
    const next = async () => JSON.parse(String((await frames.next()).value?.[0])) as Frame;
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    this.counter = more.counter ?? this.counter + 1;
    socket.send(
      JSON.stringify({
        type: 'hello',
        v: 1,
        publicKey: this.publicKey,
        counter: this.counter,
        nonce: randomBytes(32).toString('base64'),
        agentVersion: 'test',
        hostname: 'h3.example',
        machineId: 'machine',
        ...(more.token === undefined ? {} : { token: more.token }),
      }),
    );
    const welcome = await next();
    if (welcome.type !== 'welcome') return welcome;
    const toSign = signedNonce('agent', String(welcome.nonce), String(welcome.publicKey), this.publicKey);
    const signature = sign(null, toSign, (more.signWith ?? this).key.privateKey).toString('base64');
    socket.send(JSON.stringify({ type: 'proof', signature }));
    let verdict = await next();
    if (verdict.type === 'waiting' && more.waitForApproval) verdict = await next();
    if (verdict.type !== 'ready') return verdict;
    await frames.return?.();
    this.hostId = String(verdict.host);
    const serve = getWSConnectionHandler<AgentUnderTest['router']>({
      router: this.router,
      createContext: () => ({}),
    } as never);
    serve(socket as never, { url: '/', headers: {}, on() {}, socket: {} } as never);
    early.replay();
    return verdict;
  }

  async hangUp(): Promise<void> {
    const { socket } = this;
    if (socket === null || socket.readyState === WebSocket.CLOSED) return;
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.terminate();
    await closed;
  }

  /** Does a thing that an audit event wanted, and reports it. */
  did(cause: string | null, object: string, text: string): void {
    const before = this.receipts.at(-1);
    const body: ReceiptBody = {
      v: 1,
      host: this.hostId,
      seq: this.receipts.length + 1,
      prev: before ? createHash('sha256').update(canonicalJson(before.body)).digest('hex') : '0'.repeat(64),
      generation: this.generation ?? 0,
      cause,
      object,
      step: { kind: 'test' },
      text,
      result: 'done',
      errno: null,
      message: null,
      before: null,
      after: null,
      at: new Date().toISOString(),
      durationMs: 1,
      bounds: '0'.repeat(64),
    };
    const signature = sign(null, Buffer.from(canonicalJson(body)), this.key.privateKey).toString('base64');
    this.receipts.push({ body, signature });
    this.report();
  }

  report(): void {
    this.#changed.emit('report');
  }

  readonly router = t.router({
    spec: t.router({
      put: t.procedure.input(SpecPut).mutation(({ input }): SpecPutAnswer => this.#take(input)),
    }),
    status: t.router({
      watch: t.procedure.subscription(({ signal }) => this.#watch(signal)),
    }),
    state: t.router({
      get: t.procedure.query(() => emptyHostState(this.#instance, new Date().toISOString())),
    }),
    receipts: t.router({
      after: t.procedure
        .input(z.object({ seq: z.int(), limit: z.int() }))
        .query(({ input }) => this.receipts.filter(({ body }) => body.seq > input.seq).slice(0, input.limit)),
      acknowledge: t.procedure.input(z.object({ seq: z.int() })).mutation(({ input }) => {
        this.acknowledged = input.seq;
      }),
    }),
    checks: t.router({ run: t.procedure.mutation(() => [CHECK]) }),
  });

  #take(put: SpecPut): SpecPutAnswer {
    this.bases.push(put.base);
    if (put.base !== null && put.base !== this.generation) {
      return { result: 'resync', generation: this.generation, reason: 'another base' };
    }
    const objects = new Map(put.base === null ? [] : this.objects);
    for (const key of put.removed) objects.delete(key);
    for (const object of put.changed as SpecObject[]) objects.set(specKey(object), object);
    if (specDigest(objects as never) !== put.digest) {
      return { result: 'resync', generation: this.generation, reason: 'another digest' };
    }
    this.objects = objects;
    this.generation = put.generation;
    this.report();
    return { result: 'accepted', generation: put.generation };
  }

  async *#watch(signal: AbortSignal | undefined) {
    yield this.#status();
    try {
      for await (const _ of on(this.#changed, 'report', { ...(signal ? { signal } : {}) }))
        yield this.#status();
    } catch (error) {
      if (!signal?.aborted) throw error;
    }
  }

  #status(): HostStatus {
    const at = new Date().toISOString();
    const all = [...this.objects.values()];
    return {
      accepted: this.generation ?? 0,
      converged: this.generation ?? 0,
      at,
      facts: {
        hostname: 'h3',
        kernel: '6.12',
        distribution: 'Debian 12',
        architecture: 'x64',
        agentVersion: 'test',
        instance: this.#instance,
        bootId: randomUUID(),
        bootedAt: at,
        cpus: 2,
        memoryBytes: 1e9,
        addresses: [{ link: 'eno1', prefix: '192.0.2.7/24' }],
        routes: [],
        bridges: [],
      },
      checks: [CHECK],
      bounds: {
        rootPrefixes: [],
        subnets: [],
        parents: [],
        maxJails: 10,
        maxMemory: null,
        maxCpus: null,
        maxPids: null,
        exec: true,
        console: true,
        hostSettings: [],
      },
      jails: [],
      addresses: [],
      networks: all
        .filter((object) => object.kind === 'network')
        .map(({ id, key, wanted }) => ({ id, link: `b${this.#instance}${key}`, state: wanted })),
      problems: [],
      refused: [],
      receipts: this.receipts.length,
    };
  }
}

/** The dashboard may ask in the same breath as it admits us: such a frame must not go to the handshake. */
function framesAfterReady(socket: WebSocket): { replay(): void } {
  let frames: unknown[] | null = null;
  const keep = (data: unknown) => {
    if (frames) frames.push(data);
    else if ((JSON.parse(String(data)) as Frame).type === 'ready') frames = [];
  };
  socket.on('message', keep);
  return {
    replay() {
      socket.off('message', keep);
      for (const frame of frames ?? []) socket.emit('message', frame, false);
    },
  };
}

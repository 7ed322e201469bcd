import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { EventEmitter, on, once } from 'node:events';
import { handshakeTranscript, signedTranscript } from '@cellblock/shared/agent-handshake';
import { AppError } from '@cellblock/shared/app-error';
import type { Bounds } from '@cellblock/shared/bounds';
import { canonicalJson } from '@cellblock/shared/canonical-json';
import { frameKeys, newExchangeKey } from '@cellblock/shared/frame-seal';
import { type SpecObject, SpecPut, type SpecPutAnswer, specKey } from '@cellblock/shared/host-spec';
import { emptyHostState } from '@cellblock/shared/host-state';
import type { HostStatus } from '@cellblock/shared/host-status';
import type { Image, ImageProgress } from '@cellblock/shared/image';
import type { Receipt, ReceiptBody } from '@cellblock/shared/receipt';
import { SealedSocket } from '@cellblock/shared/sealed-socket';
import { specDigest } from '@cellblock/shared/spec-digest';
import { initTRPC } from '@trpc/server';
import { getWSConnectionHandler } from '@trpc/server/adapters/ws';
import superjson from 'superjson';
import { WebSocket } from 'ws';
import * as z from 'zod';
import { rawPublicKey } from '../host-sync/installation-key.ts';
import { answersOfOneRow, CHECK, IMAGE, PROCESS, reportOf } from './agent-report.ts';
import { causesOf } from './made-true.ts';

const t = initTRPC.create({
  transformer: superjson,
  errorFormatter: ({ shape, error }) => ({
    ...shape,
    data: { ...shape.data, ...(error.cause instanceof AppError && { refusal: error.cause.refusal }) },
  }),
});

/**
 * What it makes of its spec. `networks`: networks alone, as the tests of the protocol want it. `obeys`: all of it,
 * with a signed receipt for each cause. `stalls`: takes what it is told, goes on reporting, does nothing.
 * `claims`: says that all is true and reports none of it. `forges`: reports all of it as done, with receipts that
 * its key did not sign.
 */
export type Behaviour = 'networks' | 'obeys' | 'stalls' | 'claims' | 'forges';

type Frame = { type: string; [field: string]: unknown };

/** An agent in memory that keeps the protocol: it holds a spec, and reports it as made true, or lies about it. */
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
  /** why it takes no spec; null: it does */
  takesNone: string | null = null;
  /** where else it was told to dial */
  dashboards: string[] | null = null;
  acknowledged = 0;
  /** why a connection was ended here: a frame was not the one that was sent */
  reasons: string[] = [];
  socket: WebSocket | null = null;
  behaviour: Behaviour = 'networks';
  hostname = 'h3';
  /** addresses of the host itself, beside that of its uplink */
  moreAddresses: { link: string; prefix: string }[] = [];
  problems: HostStatus['problems'] = [];
  /** what its store holds; whatever is ordered comes to be the first of these */
  images: (Image & { usedBy?: string[] })[] = [IMAGE];
  /** what was true when it last did something */
  #true = new Map<string, SpecObject>();
  #accounted = new Set<string>();
  readonly #since = new Date().toISOString();
  #heart: ReturnType<typeof setInterval> | undefined;
  readonly #changed = new EventEmitter();
  readonly #instance = randomBytes(4).toString('hex');

  /** Dials and answers with the verdict; with `ready` it serves its router from then on. */
  async connect(
    port: number,
    more: { token?: string; counter?: number; signWith?: AgentUnderTest; waitForApproval?: boolean } = {},
  ): Promise<Frame> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/agent`);
    this.socket = socket;
    const frames = on(socket, 'message');
    const next = async () => JSON.parse(String((await frames.next()).value?.[0])) as Frame;
    const exchange = newExchangeKey();
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    this.counter = more.counter ?? this.counter + 1;
    const hello = {
      type: 'hello',
      v: 2,
      publicKey: this.publicKey,
      counter: this.counter,
      nonce: randomBytes(32).toString('base64'),
      exchange: exchange.publicKey,
      agentVersion: 'test',
      hostname: `${this.hostname}.example`,
      machineId: 'machine',
      ...(more.token === undefined ? {} : { token: more.token }),
    };
    socket.send(JSON.stringify(hello));
    const welcome = await next();
    if (welcome.type !== 'welcome') return welcome;
    const transcript = handshakeTranscript(hello, welcome);
    const toSign = signedTranscript('agent', transcript);
    const signature = sign(null, toSign, (more.signWith ?? this).key.privateKey).toString('base64');
    await frames.return?.();
    const keys = frameKeys(exchange, String(welcome.exchange), transcript);
    const channel = new SealedSocket(socket, { sends: keys.agent, receives: keys.dashboard }, (why) =>
      this.reasons.push(why),
    );
    const early = framesAfterReady(channel);
    const sealed = on(channel, 'message', { close: ['close'] });
    const nextSealed = async () => JSON.parse(String((await sealed.next()).value?.[0] ?? '{}')) as Frame;
    socket.send(JSON.stringify({ type: 'proof', signature }));
    let verdict = await nextSealed();
    if (verdict.type === 'waiting' && more.waitForApproval) verdict = await nextSealed();
    if (verdict.type !== 'ready') return verdict;
    await sealed.return?.();
    this.hostId = String(verdict.host);
    const serve = getWSConnectionHandler<AgentUnderTest['router']>({
      router: this.router,
      createContext: () => ({}),
    } as never);
    serve(channel as never, { url: '/', headers: {}, on() {}, socket: {} } as never);
    socket.once('close', () => clearInterval(this.#heart));
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

  /** Reports by itself, as an agent does every 5 s, until the connection ends. */
  beat(ms = 5_000): void {
    clearInterval(this.#heart);
    this.#heart = setInterval(() => this.report(), ms);
  }

  /** Says nothing more, and holds the connection: a process that hangs. */
  hang(): void {
    clearInterval(this.#heart);
    this.#changed.removeAllListeners('report');
    this.socket?.pause();
  }

  /** Makes true what it is told by now. */
  obey(): void {
    for (const { cause, key } of causesOf(this.objects)) {
      if (this.#accounted.has(cause)) continue;
      this.#accounted.add(cause);
      this.#account(cause, key, `made ${key.split('/')[0]} as it is wanted`);
    }
    this.#true = new Map(this.objects);
    this.report();
  }

  /** Says that it tried what it was told last, and could not. */
  fail(problem: { step: string; code: string; message: string; fix?: string }): void {
    const open = causesOf(this.objects).filter(({ cause }) => !this.#accounted.has(cause));
    this.problems = open.map(({ cause, key }) => ({
      ...problem,
      key,
      cause,
      generation: this.generation ?? 0,
      at: new Date().toISOString(),
      attempts: 3,
      nextTryAt: null,
    }));
    this.report();
  }

  /** Does a thing that an audit event wanted, and reports it. */
  did(cause: string | null, object: string, text: string): void {
    this.#account(cause, object, text);
    this.report();
  }

  #account(cause: string | null, object: string, text: string): void {
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
    const key = this.behaviour === 'forges' ? generateKeyPairSync('ed25519').privateKey : this.key.privateKey;
    const signature = sign(null, Buffer.from(canonicalJson(body)), key).toString('base64');
    this.receipts.push({ body, signature });
  }

  report(): void {
    this.#changed.emit('report');
  }

  /** permissions to see that hold here */
  readonly sights = new Set<string>();
  /** `grant` is done and its answer lost, `revoke` is not even heard */
  readonly losesAnswers = new Set<'grant' | 'revoke'>();
  /** what a walk through a twin finds */
  viewPrefixes: Bounds['viewPrefixes'] = [];
  found = [{ group: 'device', item: '/dev/null', detail: 'character 1:3' }];
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
    dashboards: t.router({
      put: t.procedure.input(z.array(z.object({ url: z.string() }))).mutation(({ input }) => {
        this.dashboards = input.map(({ url }) => url);
      }),
    }),
    checks: t.router({ run: t.procedure.mutation(() => [CHECK]) }),
    sights: t.router({
      grant: t.procedure.input(z.object({ id: z.string() })).mutation(({ input }) => {
        this.sights.add(input.id);
        this.#sightAnswer('grant');
      }),
      revoke: t.procedure.input(z.object({ id: z.string() })).mutation(({ input }) => {
        this.#sightAnswer('revoke');
        this.sights.delete(input.id);
      }),
    }),
    xray: t.router({
      run: t.procedure.input(z.unknown()).mutation(() => ({
        at: new Date().toISOString(),
        kernel: '6.18.44',
        differs: [],
        findings: this.found,
      })),
    }),
    answers: t.router({
      run: t.procedure
        .input(z.object({ by: z.string() }))
        .subscription(({ input }) => answersOfOneRow(input.by)),
      cancel: t.procedure.mutation(() => undefined),
    }),
    image: t.router({
      list: t.procedure.query(() => this.images.map((image) => ({ usedBy: [], ...image }))),
      begin: t.procedure.mutation(() => ({ order: 'o1' })),
      feed: t.procedure.mutation(() => undefined),
      follow: t.procedure.subscription(async function* (): AsyncGenerator<ImageProgress> {
        yield { type: 'stage', text: 'unpack it' };
        yield { type: 'done', image: IMAGE, wasThere: false };
      }),
      verify: t.procedure.mutation(() => ({ whole: true, found: IMAGE.digest })),
      remove: t.procedure.input(z.object({ digest: z.string() })).mutation(({ input }) => {
        this.images = this.images.filter(({ digest }) => digest !== input.digest);
      }),
    }),
    jail: t.router({
      console: t.procedure.input(z.object({ jail: z.string() })).subscription(async function* () {
        yield { offset: 0, data: Buffer.from('one\n').toString('base64'), dropped: 0 };
        yield { offset: 4, data: Buffer.from('two\n').toString('base64'), dropped: 0 };
      }),
      processes: t.procedure.query(() => ({ processes: [PROCESS], total: 1 })),
      signal: t.procedure.input(z.object({ pid: z.int() })).mutation(({ input }) => {
        if (input.pid !== PROCESS.pid)
          throw new AppError('not-found', `Process ${input.pid} is there no more.`, {
            field: 'pid',
            fix: 'Look anew.',
          });
      }),
      execOpen: t.procedure.input(z.object({ command: z.array(z.string()) })).mutation(({ input }) => {
        if (input.command[0] === 'refused') throw new AppError('denied', 'exec is off on this host');
        return { session: 's1' };
      }),
      // What was typed comes back, and ends the command.
      execOutput: t.procedure.subscription(({ signal }) => this.#echo(signal)),
      execInput: t.procedure.input(z.object({ data: z.string().nullable() })).mutation(({ input }) => {
        if (input.data !== null) this.#changed.emit('typed', input.data);
      }),
    }),
  });

  #sightAnswer(asked: 'grant' | 'revoke'): void {
    if (this.losesAnswers.has(asked)) throw new Error('the disk is full');
  }

  #take(put: SpecPut): SpecPutAnswer {
    this.bases.push(put.base);
    if (this.takesNone !== null) {
      return { result: 'resync', generation: this.generation, reason: this.takesNone };
    }
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
    if (this.behaviour === 'obeys' || this.behaviour === 'forges') this.obey();
    else this.report();
    return { result: 'accepted', generation: put.generation };
  }

  async *#echo(signal: AbortSignal | undefined) {
    yield { type: 'output', stream: 'stdout', data: Buffer.from('$ ').toString('base64') };
    const [data] = await once(this.#changed, 'typed', { ...(signal ? { signal } : {}) });
    yield { type: 'output', stream: 'stdout', data };
    yield { type: 'exit', code: 3, signal: null };
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
    return reportOf(this, { instance: this.#instance, since: this.#since, made: this.#true });
  }
}

/** The dashboard may ask in the same breath as it admits us: such a frame must not go to the handshake. */
function framesAfterReady(socket: SealedSocket): { replay(): void } {
  let frames: Buffer[] | null = null;
  const keep = (data: Buffer) => {
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

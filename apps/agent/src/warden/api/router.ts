import type { ConsoleChunk } from '@cellblock/native/process-tree';
import { AnswersInput } from '@cellblock/shared/answers/answer';
import { AppError } from '@cellblock/shared/app-error';
import { DashboardAddress } from '@cellblock/shared/dialer-file';
import { SpecPut } from '@cellblock/shared/host-spec';
import { ImageOrder } from '@cellblock/shared/image';
import { FilePath } from '@cellblock/shared/jail-files';
import { JailSignal } from '@cellblock/shared/jail-process';
import { Command, Environment, ImageDigest } from '@cellblock/shared/jail-spec';
import { Sight } from '@cellblock/shared/sight';
import { viewTree } from '@cellblock/shared/view-tree';
import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import * as z from 'zod';
import { listFiles, readFileBytes, readFileText } from '../files/browse.ts';
import { listImages, removeImage, showImage } from '../images/image-store.ts';
import { verifyImage } from '../images/verify-image.ts';
import { jailProcesses, signalJailProcess } from '../jail-processes.ts';
import { openConsole } from '../open-console.ts';
import { openExec } from '../open-exec.ts';
import type { Outbox } from '../outbox.ts';
import { proveView } from '../view/prove-view.ts';
import type { Warden } from '../warden.ts';
import { refusalOf } from './refusal-of.ts';

/** Who asks: the dashboard that proved its key, or root at this host. */
export type Peer = { peer: 'dashboard' } | { peer: 'root'; who: string };

export interface AgentContext {
  warden: Warden;
  peer: Peer;
  /** the way out of this connection */
  outbox: Outbox;
}

const t = initTRPC.context<AgentContext>().create({
  transformer: superjson,
  errorFormatter({ shape, error }) {
    const refusal = refusalOf(error);
    const { stack: _, ...data } = shape.data;
    return { ...shape, message: refusal.message, data: { ...data, refusal } };
  },
});

const procedure = t.procedure;

const fromDashboard = t.procedure.use(({ ctx, next }) => {
  if (ctx.peer.peer === 'dashboard') return next();
  throw new AppError('denied', 'Only the dashboard says what this host should be.', {
    cause: 'A change that the dashboard does not know of would be undone with its next one.',
    fix: 'Ask the dashboard: cellblock plan FILE, cellblock apply FILE; on the host, root may hold a jail: cellblock agent hold JAIL',
  });
});

const fromRoot = t.procedure.use(({ ctx, next }) => {
  if (ctx.peer.peer === 'root') return next();
  throw new AppError('denied', 'Only root at the host may ask for this.', {
    cause:
      "This came over the dashboard's connection; what root decides at a host no remote call can change.",
    fix: 'On the host, as root: cellblock agent --help lists what root may ask for',
  });
});

const MOST_DASHBOARDS = 16;
const STATUS_QUIET_MS = 50;
const STATUS_LONGEST_QUIET_MS = 1_000;
const STATUS_AT_LEAST_EVERY_MS = 5_000;

const InJail = z.object({ jail: z.string() });
const InSession = z.object({ session: z.string() });
/** stream-reader.ts */
const Read = z.object({ reader: z.uuid().optional() });
const InImage = z.object({ digest: ImageDigest });
const InOrder = z.object({ order: z.string() });
/** Of base64, in one message. */
const MOST_FED = 2 * 1024 * 1024;
const Size = z.object({ rows: z.int().min(1).max(10_000), columns: z.int().min(1).max(10_000) });

export const agentRouter = t.router({
  spec: t.router({
    put: fromDashboard.input(SpecPut).mutation(({ ctx, input }) => ctx.warden.putSpec(input)),
  }),

  dashboards: t.router({
    // Only where else to dial: whoever answers there has to prove the key that is pinned.
    put: fromDashboard
      .input(z.array(DashboardAddress).max(MOST_DASHBOARDS))
      .mutation(({ ctx, input }) => ctx.warden.knowDashboards(input)),
  }),

  status: t.router({
    get: procedure.query(({ ctx }) => ctx.warden.status()),
    watch: procedure.subscription(async function* ({ ctx, signal }) {
      const { changes } = ctx.warden;
      while (!signal?.aborted) {
        const { moment } = changes;
        const began = performance.now();
        yield await ctx.warden.status();
        const took = performance.now() - began;
        await changes.after(moment, STATUS_AT_LEAST_EVERY_MS, signal);
        // A burst of steps is one report, and reports of a thousand jails get a fifth of the time.
        const quiet = Math.min(Math.max(STATUS_QUIET_MS, 4 * took), STATUS_LONGEST_QUIET_MS);
        await new Promise((resolve) => setTimeout(resolve, quiet));
      }
    }),
  }),

  /** how this host stands with its dashboard, for whoever is at the host */
  connection: procedure.query(({ ctx }) => ctx.warden.connection),

  state: t.router({ get: procedure.query(({ ctx }) => ctx.warden.state()) }),

  receipts: t.router({
    after: procedure
      .input(z.object({ seq: z.int().min(0), limit: z.int().min(1).max(500) }))
      .query(({ ctx, input }) => ctx.warden.receipts.after(input.seq, input.limit)),
    acknowledge: fromDashboard
      .input(z.object({ seq: z.int().min(0) }))
      .mutation(({ ctx, input }) => ctx.warden.receipts.acknowledge(input.seq)),
  }),

  checks: t.router({ run: procedure.mutation(({ ctx }) => ctx.warden.runChecks()) }),

  answers: t.router({
    /** Tests the rows and tells of each; it ends with whoever listens. */
    run: procedure
      .input(AnswersInput.extend({ by: z.string().max(200) }))
      .subscription(({ ctx, input, signal }) => ctx.warden.answers.run(input, input.by, signal)),
    cancel: procedure.mutation(({ ctx }) => ctx.warden.answers.stop('somebody asked for it')),
    newest: procedure.query(({ ctx }) => ctx.warden.answers.newest()),
  }),

  sights: t.router({
    list: procedure.query(({ ctx }) => [...ctx.warden.sights.all()]),
    grant: fromDashboard.input(Sight).mutation(({ ctx, input }) => ctx.warden.sights.grant(input)),
    revoke: fromDashboard
      .input(z.object({ id: z.uuid() }))
      .mutation(({ ctx, input }) => ctx.warden.sights.revoke(input.id)),
  }),

  xray: t.router({
    run: procedure.input(InJail).mutation(({ ctx, input }) => ctx.warden.xray(ctx.warden.jail(input.jail))),
  }),

  jail: t.router({
    console: procedure
      .input(
        InJail.extend({
          ...Read.shape,
          tailLines: z.int().min(0).max(100_000).optional(),
          /** whoever was cut off goes on from here, in bytes since the ring began */
          from: z.int().min(0).optional(),
          follow: z.boolean().optional(),
        }),
      )
      .subscription(({ ctx, input, signal }) => {
        if (ctx.peer.peer === 'dashboard') ctx.warden.bounds.require('console');
        const jail = ctx.warden.jail(input.jail);
        const chunks = ctx.warden.host.trees.console({
          runDirectory: ctx.warden.runDirectory(jail),
          ...(input.tailLines === undefined ? { from: input.from ?? 0 } : { tailLines: input.tailLines }),
          follow: input.follow ?? false,
          ...(signal ? { signal } : {}),
        });
        return ctx.outbox.paced(inBase64(chunks), input.reader, signal);
      }),

    /** what a jail is to see, and, with `prove`, whether its first process sees exactly that */
    view: procedure
      .input(InJail.extend({ prove: z.boolean().default(false) }))
      .query(async ({ ctx, input }) => {
        const jail = ctx.warden.jail(input.jail);
        const tree = viewTree(jail.settings);
        return { ...tree, proof: input.prove ? await proveView(ctx.warden, jail) : null };
      }),

    processes: procedure.input(InJail).query(async ({ ctx, input }) => {
      const jail = ctx.warden.jail(input.jail);
      const state = await ctx.warden.state();
      const idBase = state.jails.find(({ key }) => key === jail.key)?.idBase ?? null;
      return await jailProcesses(ctx.warden.host, jail, idBase);
    }),
    signal: procedure
      .input(InJail.extend({ pid: z.int().min(1), startTime: z.int().min(0), signal: JailSignal }))
      .mutation(async ({ ctx, input }) => {
        // Whoever may run programs in a jail may end them too
        if (ctx.peer.peer === 'dashboard') ctx.warden.bounds.require('exec');
        await signalJailProcess(ctx.warden.host, ctx.warden.jail(input.jail), input);
      }),
    /** names of a directory, and the beginning of a file, as a process of the jail sees them */
    files: procedure.input(InJail.extend({ path: FilePath })).mutation(({ ctx, input }) => {
      if (ctx.peer.peer === 'dashboard') ctx.warden.bounds.require('exec');
      return listFiles(ctx.warden, ctx.warden.jail(input.jail), input.path);
    }),
    fileText: procedure.input(InJail.extend({ path: FilePath })).mutation(({ ctx, input }) => {
      if (ctx.peer.peer === 'dashboard') ctx.warden.bounds.require('exec');
      return readFileText(ctx.warden, ctx.warden.jail(input.jail), input.path);
    }),
    fileBytes: procedure.input(InJail.extend({ path: FilePath })).mutation(({ ctx, input }) => {
      if (ctx.peer.peer === 'dashboard') ctx.warden.bounds.require('exec');
      return readFileBytes(ctx.warden, ctx.warden.jail(input.jail), input.path);
    }),

    execOpen: procedure
      .input(
        InJail.extend({
          command: Command,
          environment: Environment.default({}),
          uid: z.int().min(0).max(65_535).default(0),
          gid: z.int().min(0).max(65_535).optional(),
          tty: Size.extend({ term: z.string().max(64).default('xterm-256color') })
            .nullable()
            .default(null),
          cause: z.uuid().nullable(),
        }),
      )
      .mutation(async ({ ctx, input }) => {
        if (ctx.peer.peer === 'dashboard') ctx.warden.bounds.require('exec');
        const jail = ctx.warden.jail(input.jail);
        return { session: await openExec(ctx.warden, jail, { ...input, gid: input.gid ?? input.uid }) };
      }),
    /** A session as that of a command: the calls below are for both. */
    consoleOpen: procedure
      .input(InJail.extend({ ...Size.shape, cause: z.uuid().nullable() }))
      .mutation(async ({ ctx, input }) => {
        if (ctx.peer.peer === 'dashboard') ctx.warden.bounds.require('console');
        // Whoever types at a login may run what the jail lets him.
        if (ctx.peer.peer === 'dashboard') ctx.warden.bounds.require('exec');
        return { session: await openConsole(ctx.warden, ctx.warden.jail(input.jail), input) };
      }),
    execOutput: procedure.input(InSession.extend(Read.shape)).subscription(({ ctx, input, signal }) => {
      return ctx.outbox.paced(ctx.warden.exec.output(input.session, signal), input.reader, signal);
    }),
    /** the reader of a stream of this connection has read so much more of it */
    took: procedure
      .input(Read.required().extend({ bytes: z.int().min(1) }))
      .mutation(({ ctx, input }) => ctx.outbox.took(input.reader, input.bytes)),
    execInput: procedure
      .input(InSession.extend({ data: z.string().nullable() }))
      .mutation(({ ctx, input }) => ctx.warden.exec.input(input.session, input.data)),
    execResize: procedure
      .input(InSession.extend(Size.shape))
      .mutation(({ ctx, input }) => ctx.warden.exec.resize(input.session, input)),
    execKill: procedure.input(InSession).mutation(({ ctx, input }) => ctx.warden.exec.kill(input.session)),

    hold: fromRoot
      .input(InJail.extend({ reason: z.string().min(1).max(1000), by: z.string() }))
      .mutation(async ({ ctx, input }) => {
        const { warden } = ctx;
        const at = warden.host.now().toISOString();
        const spec = warden.ledger.spec ?? { generation: 0, objects: new Map() };
        await warden.holds.add(spec, warden.jail(input.jail).id, { reason: input.reason, by: input.by, at });
        warden.reconciler.wake({ changed: true });
      }),
    unhold: fromRoot.input(InJail).mutation(async ({ ctx, input }) => {
      await ctx.warden.holds.remove(ctx.warden.jail(input.jail).id);
      ctx.warden.reconciler.wake({ changed: true });
    }),
  }),

  image: t.router({
    list: procedure.query(({ ctx }) => listImages(ctx.warden.host)),
    show: procedure.input(InImage).query(({ ctx, input }) => showImage(ctx.warden.host, input.digest)),
    /** Answers an order, which goes on whoever listens. */
    begin: procedure
      .input(z.object({ order: ImageOrder, by: z.string().max(200), cause: z.uuid().nullable() }))
      .mutation(async ({ ctx, input }) => {
        const bounded = ctx.peer.peer === 'dashboard';
        return { order: await ctx.warden.images.begin({ ...input, bounded }) };
      }),
    feed: procedure
      .input(InOrder.extend({ data: z.string().max(MOST_FED) }))
      .mutation(({ ctx, input }) => ctx.warden.images.feed(input.order, Buffer.from(input.data, 'base64'))),
    follow: procedure.input(InOrder).subscription(({ ctx, input, signal }) => {
      return ctx.warden.images.follow(input.order, signal);
    }),
    cancel: procedure.input(InOrder).mutation(({ ctx, input }) => ctx.warden.images.cancel(input.order)),
    /** Reads the whole tree again; answers what it is now. */
    verify: procedure.input(InImage).mutation(({ ctx, input }) => verifyImage(ctx.warden.host, input.digest)),
    remove: fromDashboard
      .input(InImage)
      .mutation(({ ctx, input }) => removeImage(ctx.warden.host, input.digest)),
  }),
});

async function* inBase64(chunks: AsyncIterable<ConsoleChunk>) {
  for await (const { offset, data, dropped } of chunks) {
    yield { offset, data: Buffer.from(data).toString('base64'), dropped };
  }
}

export type AgentRouter = typeof agentRouter;

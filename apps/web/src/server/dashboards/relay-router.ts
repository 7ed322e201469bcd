import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import * as z from 'zod';
import { refusalOf } from '../api/refusal-of.ts';
import type { AgentClient } from '../host-sync/agent-connections.ts';
import { relaySubscription } from '../hosts/relay-subscription.ts';

const t = initTRPC.context<{ agent: AgentClient }>().create({
  transformer: superjson,
  errorFormatter({ shape, error }) {
    const refusal = refusalOf(error.cause ?? error, 'relayed');
    const { stack: _, ...data } = shape.data;
    return { ...shape, message: refusal.message, data: { ...data, refusal } };
  },
});

/** The agent checks what it is given; here it only passes. */
const procedure = t.procedure.input(z.unknown());

/**
 * What another dashboard may ask of an agent that is connected here: the same paths as the agent's own
 * router, as far as people need an answer of the host itself. What a host shall be goes through the database
 * and is told by whoever it is connected to.
 */
export const relayRouter = t.router({
  checks: t.router({ run: procedure.mutation(({ ctx }) => ctx.agent.checks.run.mutate()) }),
  sights: t.router({
    grant: procedure.mutation(({ ctx, input }) => ctx.agent.sights.grant.mutate(input as never)),
    revoke: procedure.mutation(({ ctx, input }) => ctx.agent.sights.revoke.mutate(input as never)),
  }),
  xray: t.router({
    run: procedure.mutation(({ ctx, input }) => ctx.agent.xray.run.mutate(input as never)),
  }),
  answers: t.router({
    run: procedure.subscription(({ ctx, input, signal }) =>
      relaySubscription<unknown>(
        (observer) => ctx.agent.answers.run.subscribe(input as never, observer as never),
        signal,
      ),
    ),
    cancel: procedure.mutation(({ ctx }) => ctx.agent.answers.cancel.mutate()),
  }),
  image: t.router({
    list: procedure.query(({ ctx }) => ctx.agent.image.list.query()),
    begin: procedure.mutation(({ ctx, input }) => ctx.agent.image.begin.mutate(input as never)),
    feed: procedure.mutation(({ ctx, input }) => ctx.agent.image.feed.mutate(input as never)),
    follow: procedure.subscription(({ ctx, input, signal }) =>
      relaySubscription<unknown>(
        (observer) => ctx.agent.image.follow.subscribe(input as never, observer as never),
        signal,
      ),
    ),
    verify: procedure.mutation(({ ctx, input }) => ctx.agent.image.verify.mutate(input as never)),
    remove: procedure.mutation(({ ctx, input }) => ctx.agent.image.remove.mutate(input as never)),
  }),
  jail: t.router({
    console: procedure.subscription(({ ctx, input, signal }) =>
      relaySubscription<unknown>(
        (observer) => ctx.agent.jail.console.subscribe(input as never, observer as never),
        signal,
      ),
    ),
    view: procedure.query(({ ctx, input }) => ctx.agent.jail.view.query(input as never)),
    files: procedure.mutation(({ ctx, input }) => ctx.agent.jail.files.mutate(input as never)),
    fileBytes: procedure.mutation(({ ctx, input }) => ctx.agent.jail.fileBytes.mutate(input as never)),
    fileText: procedure.mutation(({ ctx, input }) => ctx.agent.jail.fileText.mutate(input as never)),
    processes: procedure.query(({ ctx, input }) => ctx.agent.jail.processes.query(input as never)),
    signal: procedure.mutation(({ ctx, input }) => ctx.agent.jail.signal.mutate(input as never)),
    execOpen: procedure.mutation(({ ctx, input }) => ctx.agent.jail.execOpen.mutate(input as never)),
    consoleOpen: procedure.mutation(({ ctx, input }) => ctx.agent.jail.consoleOpen.mutate(input as never)),
    execOutput: procedure.subscription(({ ctx, input, signal }) =>
      relaySubscription<unknown>(
        (observer) => ctx.agent.jail.execOutput.subscribe(input as never, observer as never),
        signal,
      ),
    ),
    took: procedure.mutation(({ ctx, input }) => ctx.agent.jail.took.mutate(input as never)),
    execInput: procedure.mutation(({ ctx, input }) => ctx.agent.jail.execInput.mutate(input as never)),
    execResize: procedure.mutation(({ ctx, input }) => ctx.agent.jail.execResize.mutate(input as never)),
    execKill: procedure.mutation(({ ctx, input }) => ctx.agent.jail.execKill.mutate(input as never)),
  }),
});

import { actorName } from '@cellblock/shared/actor';
import type { AuditKind } from '@cellblock/shared/audit-event';
import type { ImageOrder, ImageProgress } from '@cellblock/shared/image';
import { imageName } from '@cellblock/shared/image-source';
import type { AgentClient } from '../host-sync/agent-connections.ts';
import { relaySubscription } from '../hosts/relay-subscription.ts';
import type { VerbContext } from '../verb-context.ts';
import { imageHost } from './image-host.ts';
import { type ImageAct, recordImageEnd, recordImageIntent } from './record-image.ts';

const DOES: Record<ImageOrder['kind'], string> = {
  bootstrap: 'bootstrapped',
  pull: 'fetched',
  upload: 'uploaded',
};

/** Has a host make an image, recorded before it begins; how it ends is recorded whoever listens. */
export async function orderImage(
  ctx: VerbContext,
  input: { host?: string | undefined; order: ImageOrder },
): Promise<{ host: string; order: string }> {
  const { host, agent } = await imageHost(ctx, input);
  const kind = `image.${input.order.kind}` as AuditKind;
  const name = imageName(input.order);
  const act = await recordImageIntent(ctx, {
    kind,
    host,
    summary: `${DOES[input.order.kind]} image ${name} on host ${host.name}`,
    after: { ...input.order },
  });
  try {
    const by = actorName(ctx.actor);
    const { order } = await agent.image.begin.mutate({ order: input.order, by, cause: act.cause });
    void accountFor(ctx, agent, act, order, name);
    return { host: host.id, order };
  } catch (error) {
    await recordImageEnd(ctx, act, 'failed', `image ${name} was not made`, messageOf(error));
    throw error;
  }
}

/** Hears how it ends. A connection that is lost takes nothing from the order: only that nobody heard. */
async function accountFor(
  ctx: VerbContext,
  agent: AgentClient,
  act: ImageAct,
  order: string,
  name: string,
): Promise<void> {
  let end: ImageProgress | null = null;
  let lost: unknown = null;
  try {
    for await (const said of progressOf(agent, order, undefined)) end = said;
  } catch (error) {
    lost = error;
  }
  try {
    if (end?.type === 'done') {
      const { digest, source, size } = end.image;
      const words = end.wasThere ? 'was there already' : 'is made';
      await recordImageEnd(ctx, act, 'applied', `image ${name} ${words}`, { digest, source, size });
    } else if (end?.type === 'failed') {
      await recordImageEnd(ctx, act, 'failed', `image ${name} was not made`, { message: end.message });
    } else {
      await recordImageEnd(ctx, act, 'unknown', `nobody heard what came of image ${name}`, messageOf(lost));
    }
  } catch (error) {
    console.error(`the end of image ${name} was not recorded:`, error);
  }
}

const messageOf = (error: unknown) => ({ message: error instanceof Error ? error.message : String(error) });

function progressOf(
  agent: AgentClient,
  order: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<ImageProgress> {
  return relaySubscription<ImageProgress>(
    (observer) => agent.image.follow.subscribe({ order }, observer as never),
    signal,
  );
}

/** All that a host says of an order, from its beginning to its end. */
export async function* followImage(
  ctx: VerbContext,
  input: { host: string; order: string },
  signal?: AbortSignal,
): AsyncGenerator<ImageProgress> {
  const { agent } = await imageHost(ctx, input);
  yield* progressOf(agent, input.order, signal);
}

/** The next part of an upload, in base64; an empty one is the last. */
export async function feedImage(
  ctx: VerbContext,
  input: { host: string; order: string; data: string },
): Promise<void> {
  const { agent } = await imageHost(ctx, input);
  await agent.image.feed.mutate({ order: input.order, data: input.data });
}

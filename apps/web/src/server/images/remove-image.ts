import type { Image } from '@cellblock/shared/image';
import type { VerbContext } from '../verb-context.ts';
import { findImage } from './find-image.ts';
import { imageHost } from './image-host.ts';
import { recordImageEnd, recordImageIntent } from './record-image.ts';
import { mustBeUnused } from './unused-image.ts';

/** Takes an image from a host's store; refused while it is a jail's root. */
export async function removeImage(
  ctx: VerbContext,
  input: { host?: string | undefined; image: string },
): Promise<Image> {
  const { host, agent } = await imageHost(ctx, input);
  const { usedBy: _, ...image } = await findImage(agent, host, input.image);
  const { digest, name } = image;
  await mustBeUnused(ctx.db, host, image);
  const act = await recordImageIntent(ctx, {
    kind: 'image.remove',
    host,
    summary: `removed image ${name} from host ${host.name}`,
    before: { digest, name, source: image.source },
  });
  try {
    await agent.image.remove.mutate({ digest });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    await recordImageEnd(ctx, act, 'failed', `image ${name} was not removed`, { message });
    throw error;
  }
  await recordImageEnd(ctx, act, 'applied', `image ${name} is removed`, { digest });
  return image;
}

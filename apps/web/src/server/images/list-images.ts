import { AppError } from '@cellblock/shared/app-error';
import type { HostImages, ImageInUse } from '@cellblock/shared/image';
import { agentOf } from '../hosts/agent-client.ts';
import type { VerbContext } from '../verb-context.ts';
import { findImage, imagesOn } from './find-image.ts';
import { imageHost } from './image-host.ts';

/** The stores of all hosts, or of one; a host that is off is named with what is known of it, which is nothing. */
export async function listImages(
  ctx: VerbContext,
  input: { host?: string | undefined },
): Promise<HostImages[]> {
  const hosts = input.host
    ? [(await imageHost(ctx, input)).host]
    : await ctx.db.host.findMany({ where: { state: 'ready' }, orderBy: { name: 'asc' } });
  return Promise.all(
    hosts.map(async ({ id, name }) => {
      try {
        return { host: name, images: await imagesOn(await agentOf(ctx.db, id)), problem: null };
      } catch (error) {
        if (!(error instanceof AppError) || error.refusal.code !== 'unreachable') throw error;
        return { host: name, images: [], problem: error.message };
      }
    }),
  );
}

export async function showImage(
  ctx: VerbContext,
  input: { host?: string | undefined; image: string },
): Promise<ImageInUse> {
  const { host, agent } = await imageHost(ctx, input);
  return findImage(agent, host, input.image);
}

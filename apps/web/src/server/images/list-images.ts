import type { HostImages, ImageInUse } from '@cellblock/shared/image';
import { refusalOf } from '../api/refusal-of.ts';
import { agentOf } from '../hosts/agent-client.ts';
import type { VerbContext } from '../verb-context.ts';
import { findImage, imagesOn } from './find-image.ts';
import { type ImagePlace, imageHost } from './image-host.ts';

/** The stores of all hosts, or of one; a host that does not answer is named with why. */
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
        // Of an older agent, or of a broken connection: the other hosts' images are there all the same.
        const { code, message } = refusalOf(error, ctx.requestId);
        if (code === 'internal')
          console.error(`${ctx.requestId} the images of ${name} were not listed`, error);
        return { host: name, images: [], problem: `${name}: ${message}` };
      }
    }),
  );
}

export async function showImage(
  ctx: VerbContext,
  input: ImagePlace & { image: string },
): Promise<ImageInUse> {
  const { host, agent } = await imageHost(ctx, input);
  return findImage(agent, host, input.image);
}

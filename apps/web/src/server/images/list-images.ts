import { AppError } from '@cellblock/shared/app-error';
import type { HostImages, ImageInUse } from '@cellblock/shared/image';
import { refusalOf } from '../api/refusal-of.ts';
import { agentOf } from '../hosts/agent-client.ts';
import type { VerbContext } from '../verb-context.ts';
import { findImage, imagesOn } from './find-image.ts';
import { type ImagePlace, imageHost } from './image-host.ts';

/** A store is a directory with a small file for each image: a host that takes longer is not there. */
const ANSWER_MS = 5_000;

/** The stores of all hosts, or of one; a host that does not answer is named with why. */
export async function listImages(
  ctx: VerbContext,
  input: { host?: string | undefined },
  answerMs = ANSWER_MS,
): Promise<HostImages[]> {
  const hosts = input.host
    ? [(await imageHost(ctx, input)).host]
    : await ctx.db.host.findMany({ where: { state: 'ready' }, orderBy: { name: 'asc' } });
  return Promise.all(
    hosts.map(async ({ id, name }) => {
      try {
        return { host: name, images: await inTime(name, answerMs, storeOf(ctx, id)), problem: null };
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

const storeOf = async (ctx: VerbContext, host: string) => imagesOn(await agentOf(ctx.db, host));

/** A host whose connection is dead and not yet known to be must not hide the stores of the others. */
async function inTime<T>(host: string, ms: number, asked: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new AppError('unreachable', `Host ${host} did not answer within ${ms / 1000} s.`, {
            field: 'host',
            cause: 'Its agent is busy, or the way to it is cut.',
            fix: `On ${host}: cellblock status. Its jails go on meanwhile.`,
          }),
        ),
      ms,
    );
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}

export async function showImage(
  ctx: VerbContext,
  input: ImagePlace & { image: string },
): Promise<ImageInUse> {
  const { host, agent } = await imageHost(ctx, input);
  return findImage(agent, host, input.image);
}

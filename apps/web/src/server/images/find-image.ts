import { AppError } from '@cellblock/shared/app-error';
import { ImageInUse } from '@cellblock/shared/image';
import * as z from 'zod';
import type { AgentClient } from '../host-sync/agent-connections.ts';

const SHORTEST = 12;

/** All images of a host, as its agent sees them now. */
export async function imagesOn(agent: AgentClient): Promise<ImageInUse[]> {
  return z.array(ImageInUse).parse(await agent.image.list.query());
}

/**
 * The image that a person means, at this moment: by digest, by the beginning of one, or by name, which is the
 * newest of that name. What is kept of the answer is the digest alone.
 */
export async function findImage(
  agent: AgentClient,
  host: { name: string },
  ref: string,
): Promise<ImageInUse> {
  const images = await imagesOn(agent);
  const hex = ref.replace(/^sha256:/, '');
  const found = images.filter(
    ({ digest, name }) =>
      name === ref ||
      (hex.length >= SHORTEST && /^[0-9a-f]+$/.test(hex) && digest.startsWith(`sha256:${hex}`)),
  );
  const byName = found.find(({ name }) => name === ref);
  const only = byName ?? (found.length === 1 ? found[0] : undefined);
  if (only) return only;
  const several = found.length > 1;
  throw new AppError(
    'not-found',
    `Host ${host.name} has ${several ? 'several images' : 'no image'} ${ref}.`,
    {
      field: 'image',
      cause: several
        ? `${found.length} digests begin like this.`
        : `Its store has ${images.map(({ name }) => name).join(', ') || 'no images'}; an image is made on each host that is to have it.`,
      fix: several
        ? 'Write more of it: cellblock image ls'
        : 'See what is there: cellblock image ls; make it: cellblock image bootstrap debian:12, or image pull REF',
      evidence: { images: images.map(({ digest, name }) => ({ digest, name })) },
    },
  );
}

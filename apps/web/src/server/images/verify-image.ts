import { recordAsked } from '../record-asked.ts';
import type { VerbContext } from '../verb-context.ts';
import { findImage } from './find-image.ts';
import { imageHost } from './image-host.ts';

/** Has a host read every byte of an image again: is it still what its digest says? */
export async function verifyImage(
  ctx: VerbContext,
  input: { host?: string | undefined; image: string },
): Promise<{ digest: string; whole: boolean; found: string }> {
  const { host, agent } = await imageHost(ctx, input);
  const { digest, name } = await findImage(agent, host, input.image);
  const found = await recordAsked(
    ctx,
    {
      kind: 'image.verify',
      object: { type: 'host', id: host.id, name: host.name },
      host: { id: host.id, name: host.name },
      summary: `had image ${name} on host ${host.name} read again`,
    },
    () => agent.image.verify.mutate({ digest }),
  );
  return { digest, ...found };
}

import { Distribution, ImageReference, IncludedPackages, UploadName } from '@cellblock/shared/image';
import * as z from 'zod';
import { whileSignedIn } from '../../auth/while-signed-in.ts';
import { listImages, showImage } from '../../images/list-images.ts';
import { feedImage, followImage, orderImage } from '../../images/order-image.ts';
import { removeImage } from '../../images/remove-image.ts';
import { verifyImage } from '../../images/verify-image.ts';
import { procedure, router } from '../trpc.ts';

/** Left out: the only host. */
const OnHost = z.object({ host: z.string().min(1).optional() });
const InImage = OnHost.extend({ image: z.string().min(1).max(512) });
const InOrder = z.object({ host: z.string().min(1), order: z.string().min(1) });
/** Of base64, in one request. */
const MOST_FED = 1_000_000;

export const imagesRouter = router({
  list: procedure('read')
    .input(OnHost.default({}))
    .query(({ ctx, input }) => listImages(ctx, input)),
  get: procedure('read')
    .input(InImage.extend({ network: z.string().optional(), addresses: z.array(z.string()).optional() }))
    .query(({ ctx, input }) => showImage(ctx, input)),
  bootstrap: procedure('administer')
    .input(OnHost.extend({ distribution: Distribution, include: IncludedPackages.default([]) }))
    .mutation(({ ctx, input: { host, distribution, include } }) =>
      orderImage(ctx, { host, order: { kind: 'bootstrap', distribution, include } }),
    ),
  pull: procedure('administer')
    .input(OnHost.extend({ reference: ImageReference }))
    .mutation(({ ctx, input: { host, reference } }) =>
      orderImage(ctx, { host, order: { kind: 'pull', reference } }),
    ),
  upload: procedure('administer')
    .input(OnHost.extend({ name: UploadName }))
    .mutation(({ ctx, input: { host, name } }) => orderImage(ctx, { host, order: { kind: 'upload', name } })),
  feed: procedure('administer')
    .input(InOrder.extend({ data: z.string().max(MOST_FED) }))
    .mutation(({ ctx, input }) => feedImage(ctx, input)),
  follow: procedure('read')
    .input(InOrder)
    .subscription(({ ctx, input, signal }) =>
      whileSignedIn(ctx, signal, (until) => followImage(ctx, input, until)),
    ),
  remove: procedure('administer')
    .input(InImage)
    .mutation(({ ctx, input }) => removeImage(ctx, input)),
  verify: procedure('operate')
    .input(InImage)
    .mutation(({ ctx, input }) => verifyImage(ctx, input)),
});

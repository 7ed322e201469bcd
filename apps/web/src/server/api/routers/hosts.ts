import * as z from 'zod';
import { ApproveInput, approveHost } from '../../hosts/approve-host.ts';
import { CheckHostInput, checkHost } from '../../hosts/check-host.ts';
import { EnrollInput, enrollHost } from '../../hosts/enroll-host.ts';
import { EnrolmentRef, enrolmentProgress } from '../../hosts/enrolment-progress.ts';
import { getHost, listHosts, searchHosts } from '../../hosts/host-view.ts';
import { networkPicture } from '../../hosts/network-picture.ts';
import { RemoveHostInput, removeHost } from '../../hosts/remove-host.ts';
import { procedure, router } from '../trpc.ts';

const HostRef = z.object({ host: z.string().min(1) });

export const hostsRouter = router({
  list: procedure('read').query(({ ctx }) => listHosts(ctx.db)),
  search: procedure('read')
    .input(z.object({ q: z.string().max(1000).optional() }).default({}))
    .query(({ ctx, input }) => searchHosts(ctx.db, input.q)),
  get: procedure('read')
    .input(HostRef)
    .query(({ ctx, input }) => getHost(ctx.db, input.host)),
  picture: procedure('read')
    .input(HostRef)
    .query(({ ctx, input }) => networkPicture(ctx.db, input.host)),
  check: procedure('operate')
    .input(CheckHostInput)
    .mutation(({ ctx, input }) => checkHost(ctx, input)),
  enroll: procedure('administer')
    .input(EnrollInput.default({ local: false }))
    .mutation(({ ctx, input }) => enrollHost(ctx, input)),
  enrolment: procedure('read')
    .input(EnrolmentRef.default({ id: null }))
    .query(({ ctx, input }) => enrolmentProgress(ctx, input)),
  approve: procedure('administer')
    .input(ApproveInput)
    .mutation(({ ctx, input }) => approveHost(ctx, input)),
  remove: procedure('administer')
    .input(RemoveHostInput)
    .mutation(({ ctx, input }) => removeHost(ctx, input)),
});

import { IpAddress } from '@cellblock/shared/ip-address';
import { AssignIpInput, MoveIpInput, ReleaseIpInput } from '@cellblock/shared/ip-assignment';
import * as z from 'zod';
import { addressAt } from '../../ip-assignments/address-at.ts';
import { assignmentHistory, readAddress } from '../../ip-assignments/address-view.ts';
import { assignIp } from '../../ip-assignments/assign-ip.ts';
import { checkAddress, suggestAddress } from '../../ip-assignments/check-address.ts';
import { moveIp } from '../../ip-assignments/move-ip.ts';
import { releaseIp } from '../../ip-assignments/release-ip.ts';
import { procedure, router } from '../trpc.ts';

const Address = z.object({ address: IpAddress });

export const ipsRouter = router({
  assign: procedure('operate')
    .input(AssignIpInput)
    .mutation(({ ctx, input }) => assignIp(ctx, input)),
  release: procedure('operate')
    .input(ReleaseIpInput)
    .mutation(({ ctx, input }) => releaseIp(ctx, input)),
  move: procedure('operate')
    .input(MoveIpInput)
    .mutation(({ ctx, input }) => moveIp(ctx, input)),
  show: procedure('read')
    .input(Address)
    .query(({ ctx, input }) => readAddress(ctx.db, input.address)),
  history: procedure('read')
    .input(Address.extend({ limit: z.int().min(1).max(1000).optional() }))
    .query(({ ctx, input }) => assignmentHistory(ctx.db, input.address, input.limit)),
  at: procedure('read')
    .input(Address.extend({ at: z.iso.datetime({ offset: true }) }))
    .query(({ ctx, input }) => addressAt(ctx.db, input.address, new Date(input.at))),
  check: procedure('read')
    .input(Address.extend({ jail: z.string().optional(), network: z.string().optional() }))
    .query(({ ctx, input }) => checkAddress(ctx.db, input)),
  suggest: procedure('read')
    .input(
      z.object({
        network: z.string().optional(),
        pool: z.string().optional(),
        jail: z.string().optional(),
        family: z.enum(['v4', 'v6']).optional(),
      }),
    )
    .query(({ ctx, input }) => suggestAddress(ctx.db, input)),
});

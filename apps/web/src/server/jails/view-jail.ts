import { ViewProof } from '@cellblock/shared/view-proof';
import { type ViewEntry, type ViewName, viewTree } from '@cellblock/shared/view-tree';
import type { Db } from '../db.ts';
import { findJail } from '../find-object.ts';
import { agentOf } from '../hosts/agent-client.ts';
import { recordAsked } from '../record-asked.ts';
import type { VerbContext } from '../verb-context.ts';
import { readJail } from './queries.ts';

/** What a jail is to see, whether it runs or not. */
export async function viewOfJail(
  db: Db,
  input: { jail: string },
): Promise<{ mounts: ViewEntry[]; names: ViewName[] }> {
  return viewTree((await readJail(db, input.jail)).settings);
}

/** Has the host compare it with the table of mounts that the jail has. */
export async function proveJail(ctx: VerbContext, input: { jail: string }): Promise<ViewProof> {
  const jail = await findJail(ctx.db, input.jail);
  const agent = await agentOf(ctx.db, jail.hostId);
  return await recordAsked(
    ctx,
    {
      kind: 'jail.prove',
      object: { type: 'jail', id: jail.id, name: jail.name },
      host: { id: jail.host.id, name: jail.host.name },
      summary: `had it proved what ${jail.name} sees`,
    },
    async () => ViewProof.parse((await agent.jail.view.query({ jail: jail.id, prove: true })).proof),
  );
}

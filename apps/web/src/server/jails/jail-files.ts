import { FileBytes, FileList, FileText } from '@cellblock/shared/jail-files';
import { findJail } from '../find-object.ts';
import type { AgentClient } from '../host-sync/agent-connections.ts';
import { agentOf } from '../hosts/agent-client.ts';
import { recordAsked } from '../record-asked.ts';
import type { VerbContext } from '../verb-context.ts';

interface Asked {
  jail: string;
  path: string;
}

/** Names in a directory of a jail, as a process of the jail tells them. That somebody looked is an event. */
export async function listJailFiles(ctx: VerbContext, { jail, path }: Asked): Promise<FileList> {
  return await recorded(ctx, jail, `looked at ${path}`, async (agent, id) =>
    FileList.parse(await agent.jail.files.mutate({ jail: id, path })),
  );
}

/** The first MiB of a file of a jail. */
export async function readJailFile(ctx: VerbContext, { jail, path }: Asked): Promise<FileText> {
  return await recorded(ctx, jail, `read the file ${path}`, async (agent, id) =>
    FileText.parse(await agent.jail.fileText.mutate({ jail: id, path })),
  );
}

/** A whole file of a jail, to be kept by whoever asks. */
export async function readWholeFile(ctx: VerbContext, { jail, path }: Asked): Promise<FileBytes> {
  return await recorded(ctx, jail, `downloaded the file ${path}`, async (agent, id) =>
    FileBytes.parse(await agent.jail.fileBytes.mutate({ jail: id, path })),
  );
}

async function recorded<T>(
  ctx: VerbContext,
  ref: string,
  did: string,
  look: (agent: AgentClient, id: string) => Promise<T>,
): Promise<T> {
  const jail = await findJail(ctx.db, ref);
  const agent = await agentOf(ctx.db, jail.hostId);
  return await recordAsked(
    ctx,
    {
      kind: 'jail.files',
      object: { type: 'jail', id: jail.id, name: jail.name },
      host: { id: jail.host.id, name: jail.host.name },
      summary: `${did} in ${jail.name}`,
    },
    () => look(agent, jail.id),
  );
}

import { FileList, FileText } from '@cellblock/shared/jail-files';
import { findJail } from '../find-object.ts';
import { agentOf } from '../hosts/agent-client.ts';
import { recordAct } from '../record-act.ts';
import type { VerbContext } from '../verb-context.ts';

interface Asked {
  jail: string;
  path: string;
}

/** Names in a directory of a jail, as a process of the jail tells them. That somebody looked is an event. */
export async function listJailFiles(ctx: VerbContext, { jail, path }: Asked): Promise<FileList> {
  const { agent, id } = await recorded(ctx, jail, `looked at ${path}`);
  return FileList.parse(await agent.jail.files.mutate({ jail: id, path }));
}

/** The first MiB of a file of a jail. */
export async function readJailFile(ctx: VerbContext, { jail, path }: Asked): Promise<FileText> {
  const { agent, id } = await recorded(ctx, jail, `read the file ${path}`);
  return FileText.parse(await agent.jail.fileText.mutate({ jail: id, path }));
}

async function recorded(ctx: VerbContext, ref: string, did: string) {
  const jail = await findJail(ctx.db, ref);
  const agent = await agentOf(ctx.db, jail.hostId);
  await recordAct(ctx, 'jail.files', async () => ({
    object: { type: 'jail', id: jail.id, name: jail.name },
    host: { id: jail.host.id, name: jail.host.name },
    summary: `${did} in ${jail.name}`,
    result: null,
  }));
  return { agent, id: jail.id };
}

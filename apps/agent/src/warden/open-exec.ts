import { isKernelError } from '@cellblock/native/kernel-error';
import type { ExecRequest, TreeStatus } from '@cellblock/native/process-tree';
import { AppError } from '@cellblock/shared/app-error';
import type { JailSpec } from '@cellblock/shared/host-spec';
import { cgroupName } from '@cellblock/shared/owned-names';
import { jailPaths } from './paths.ts';
import { DEFAULT_ENVIRONMENT } from './tree-spec.ts';
import type { Warden } from './warden.ts';

type Asked = Pick<ExecRequest, 'command' | 'environment' | 'uid' | 'gid' | 'tty'>;

/** Runs a command in a jail that runs; the session that its output is read from. */
export async function openExec(warden: Warden, jail: JailSpec, asked: Asked): Promise<string> {
  try {
    return await warden.exec.open({ ...(await requestFor(warden, jail, asked)), moreToCome: true });
  } catch (error) {
    // Asked afterwards only: the way in looks at it itself, and a command waits for each look.
    if (isKernelError(error)) await whereItRuns(warden, jail);
    throw error;
  }
}

/** What a command in a jail is run with; refused when the jail does not run. */
export async function execRequest(
  warden: Pick<Warden, 'host'>,
  jail: JailSpec,
  asked: Asked,
): Promise<ExecRequest> {
  await whereItRuns(warden, jail);
  return requestFor(warden, jail, asked);
}

async function requestFor(
  { host }: Pick<Warden, 'host'>,
  jail: JailSpec,
  asked: Asked,
): Promise<ExecRequest> {
  const term: Record<string, string> = asked.tty ? { TERM: asked.tty.term } : {};
  return {
    ...asked,
    runDirectory: jailPaths(host.paths, jail.key).run,
    environment: { ...DEFAULT_ENVIRONMENT, ...jail.settings.environment, ...term, ...asked.environment },
    cgroupProcsFiles: await host.kernel.cgroupProcsFiles({ name: cgroupName(host.instance, jail.key) }),
  };
}

/** Where a jail that runs is found; refused when it does not. */
export async function whereItRuns(
  { host }: Pick<Warden, 'host'>,
  jail: Pick<JailSpec, 'key' | 'name'>,
): Promise<{ runDirectory: string; status: TreeStatus }> {
  const runDirectory = jailPaths(host.paths, jail.key).run;
  // Of this jail alone: a look at the host would make each command wait for a thousand others.
  const status = await host.trees.status({ runDirectory });
  if (status?.state === 'running') return { runDirectory, status };
  throw new AppError('conflict', `Jail ${jail.name} does not run.`, {
    field: 'jail',
    cause: status ? `Its first process is ${status.state}.` : 'It has no process on this host.',
    fix: `cellblock start ${jail.name}`,
  });
}

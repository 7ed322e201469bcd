import { cpus } from 'node:os';
import { isKernelError, KernelError } from '@cellblock/native/kernel-error';
import { type JailSpec, jailsOf } from '@cellblock/shared/host-spec';
import { jailPaths } from '../paths.ts';
import { stopSignal } from '../stop-signal.ts';
import { treeSpec } from '../tree-spec.ts';
import type { WardenHost } from '../warden-host.ts';
import type { Executor } from './fact.ts';
import { inTurns } from './in-turns.ts';

/** A start waits for the kernel as often as it works: a few more than there are processors. */
const startInTurn = inTurns(2 * cpus().length + 2);

export const startProcess: Executor<'process.start'> = async (host, step) => {
  const spec = specOf(host, step.jail);
  const { run } = jailPaths(host.paths, step.jail);
  const idBase = await host.ids.baseOf({ instance: host.instance, jailKey: step.jail });
  if (idBase === null) throw new KernelError(`start jail ${step.name}`, 'EINVAL', 22, 'no ids claimed');

  const earlier = await host.trees.status({ runDirectory: run });
  if (earlier?.state === 'running') return { before: { running: true }, after: { running: true } };
  const record = await host.records.read(step.jail);
  const tree = await treeSpec(host, spec, idBase);
  const next = {
    id: spec.id,
    name: spec.name,
    idBase,
    startNumber: step.startNumber,
    bootId: host.bootId,
    previous: earlier?.startedAt ?? null,
    started: false,
    restarts: step.reason === 'wanted' ? 0 : (record?.restarts ?? 0),
    judged: null,
    restartAt: null,
  };
  // Before the start: after a crash in between, the tree tells by its own start time whether it happened.
  await host.records.write(step.jail, next);
  const status = await startInTurn(() => host.trees.start(tree));
  globalThis.crashHere?.('warden started a tree');
  await host.records.write(step.jail, { ...next, started: true });
  return {
    before: earlier ? { running: false, exit: earlier.exit } : null,
    after: { running: true, pid: status.init?.pid ?? null, startedAt: status.startedAt, idBase },
  };
};

export const stopProcess: Executor<'process.stop'> = async (host, step) => {
  const { run } = jailPaths(host.paths, step.jail);
  const spec = jailsOf(host.spec()).find((jail) => jail.key === step.jail);
  // A later start is another run, which nobody wanted stopped.
  const record = await host.records.read(step.jail);
  if (record && record.startNumber !== step.startNumber) return { before: null, after: { running: false } };
  try {
    const running = await host.trees.status({ runDirectory: run });
    const status = await host.trees.stop({
      runDirectory: run,
      signal: stopSignal(spec, running?.init),
      timeoutMs: spec?.settings.stopTimeoutMs ?? 0,
    });
    globalThis.crashHere?.('warden stopped a tree');
    return { before: { running: true }, after: { running: false, exit: status.exit } };
  } catch (error) {
    if (isKernelError(error, 'ESRCH', 'ENOENT')) return { before: null, after: { running: false } };
    throw error;
  }
};

function specOf(host: WardenHost, jailKey: string): JailSpec {
  const spec = jailsOf(host.spec()).find((jail) => jail.key === jailKey);
  if (!spec) throw new KernelError(`start jail ${jailKey}`, 'ENOENT', 2, 'no spec names it');
  return spec;
}

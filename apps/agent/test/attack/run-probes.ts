import type { ProcessTrees, TreeSpec } from '@cellblock/native/process-tree';
import type { AttackSite } from './attack-site.ts';
import { type Finding, findingsIn } from './verdicts.ts';

const PROBE = '/probes/probe';
const RUN_MS = 60_000;

/** As the jail's first process; the jail is gone afterwards. */
export async function attackAsInit(
  site: AttackSite,
  trees: ProcessTrees,
  spec: TreeSpec,
  names: string[] = [],
  program = PROBE,
): Promise<Finding[]> {
  await trees.start({ ...spec, command: [program, ...names] });
  try {
    await trees.wait({ runDirectory: spec.runDirectory, signal: AbortSignal.timeout(RUN_MS) });
    return findingsIn(await site.consoleText(spec.runDirectory));
  } finally {
    await site.stop(spec.runDirectory);
  }
}

/** By exec into a jail that runs. */
export async function attackByExec(
  trees: ProcessTrees,
  spec: TreeSpec,
  names: string[] = [],
): Promise<Finding[]> {
  const session = await trees.exec({
    runDirectory: spec.runDirectory,
    command: [PROBE, ...names],
    environment: spec.environment,
    uid: spec.uid,
    gid: spec.gid,
    tty: null,
    cgroupProcsFiles: spec.cgroupProcsFiles,
  });
  session.closeInput();
  let text = '';
  for await (const { stream, data } of session.output)
    if (stream === 'stdout') text += Buffer.from(data).toString();
  await session.exit;
  return findingsIn(text);
}

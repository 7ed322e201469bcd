import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLinuxProcessTrees } from '@cellblock/native/linux-process-trees';
import type { ProcessTrees, TreeSpec } from '@cellblock/native/process-tree';
import { type OomScores, SPARED } from './findings.ts';

const ID_BASE = 65_536 * 24_000;

/**
 * What becomes of trees whose starter the OOM killer is to spare: as spawn is shipped, and by the mutant that leaves
 * the score as it is. Root needs CAP_SYS_RESOURCE for it. `native` has the programs, the mutant too.
 */
export async function oomScores(o: {
  directory: string;
  native: string;
  netns: string;
}): Promise<{ ours: OomScores; mutant: OomScores }> {
  const careless = join(o.directory, 'careless');
  await mkdir(careless);
  await copyFile(join(o.native, 'keeper'), join(careless, 'keeper'));
  await chmod(join(careless, 'keeper'), 0o755);
  const script = `#!/bin/sh\nSPAWN_MUTANT=oom-score exec ${o.native}/spawn-mutant "$@"\n`;
  await writeFile(join(careless, 'spawn'), script, { mode: 0o755 });
  await writeFile('/proc/self/oom_score_adj', String(SPARED));
  const scores = async (programs: string): Promise<OomScores> => {
    const runDirectory = join(o.directory, `run-of-${programs === careless ? 'mutant' : 'ours'}`);
    await mkdir(runDirectory, { mode: 0o700 });
    return scoresIn(createLinuxProcessTrees({ programs }), { ...TREE, runDirectory, netns: o.netns });
  };
  return { ours: await scores(o.native), mutant: await scores(careless) };
}

const TREE: Omit<TreeSpec, 'runDirectory' | 'netns'> = {
  hostname: 'scored',
  idBase: ID_BASE,
  idCount: 65_536,
  cgroupProcsFiles: [],
  root: { kind: 'host-usr' },
  mounts: [],
  command: null,
  environment: { PATH: '/usr/bin:/bin' },
  uid: 0,
  gid: 0,
  capabilities: [],
  confinement: { noNewPrivileges: true, chroot: true, proc: 'masked', mounts: false },
  resourceLimits: {},
  devices: [],
  keeperUid: 64_999,
  keeperGid: 64_999,
  consoleBytes: 65_536,
};

async function scoresIn(trees: ProcessTrees, spec: TreeSpec): Promise<OomScores> {
  const { runDirectory } = spec;
  const { init } = await trees.start(spec);
  const first = Number(await readFile(`/proc/${init?.pid}/oom_score_adj`, 'utf8'));
  const { uid, gid, environment, cgroupProcsFiles } = spec;
  const command = ['/usr/bin/cat', '/proc/self/oom_score_adj'];
  const asked = { runDirectory, command, environment, uid, gid, tty: null, cgroupProcsFiles };
  const session = await trees.exec(asked);
  session.closeInput();
  let said = '';
  for await (const { data } of session.output) said += Buffer.from(data).toString();
  await trees.stop({ runDirectory, signal: 9, timeoutMs: 5_000 });
  return { first, byExec: Number(said.trim() || Number.NaN) };
}

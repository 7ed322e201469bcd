import { execFile, execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createLinuxKernel } from '@cellblock/native/linux-kernel';
import { ANSWER_ROWS } from '@cellblock/shared/answers/all-rows';
import type { Answer, AnswersRun } from '@cellblock/shared/answers/answer';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { localClient } from '../src/local-client.ts';
import { wardenProgram } from '../src/warden/answers/doomed/doomed-agent.ts';
import { killAgain } from '../src/warden/answers/doomed/kill-again.ts';
import { nothingIsLeft } from '../src/warden/answers/rows/cross.ts';
import { ipcOfItsOwn } from '../src/warden/answers/rows/h-processes.ts';
import { jailOfProfile, plainJail } from '../src/warden/answers/rows/plain-jail.ts';
import { kernelFilesClosed } from '../src/warden/answers/rows/w-host-power.ts';
import { wardenPaths } from '../src/warden/paths.ts';
import { queueKey, removeQueue, systemVObjects, victimsNonce } from '../src/warden/stage/ipc-objects.ts';
import { takePicture } from '../src/warden/stage/picture.ts';
import { Stage } from '../src/warden/stage/stage.ts';
import { doomedDirectory } from '../src/warden/stage/sweep-stage.ts';
import { AnswersHost } from './answers-host.ts';
import { treesWithout } from './mutant-programs.ts';
import { Stand } from './stand.ts';

const NATIVE = join(import.meta.dirname, '../../../packages/native');
const BUILD_MS = 300_000;
const RUN_MS = 240_000;

/** What this kernel, or a machine that does other things too, cannot be asked. */
const MAY_BE_SKIPPED: Record<string, RegExp> = {
  K3: /too busy/,
};

let site: AnswersHost | null = null;
afterEach(async () => {
  await site?.close();
  site = null;
});
beforeAll(() => {
  for (const [directory, target] of [
    ['cpp/spawn', 'all'],
    ['cpp/spawn', 'mutant'],
    ['cpp/probe', 'all'],
  ] as const)
    execFileSync('make', ['-s', '-j2', '-C', join(NATIVE, directory), target], { stdio: 'inherit' });
}, BUILD_MS);

const told = ({ row, verdict, reason, probe, control }: Answer) =>
  `${row} ${verdict} ${reason ?? ''}\n  probe: ${probe?.evidence}\n  control: ${control?.evidence}`;

test(
  'an agent answers every sentence in its time, each beside its control, and nothing is left',
  async () => {
    const { answers, cutShort } = await runOf({ rows: [] });
    expect(cutShort).toBeNull();
    const wrong = answers.filter(
      ({ row, verdict, reason }) =>
        verdict === 'fail' || (verdict === 'skip' && !skipIsKnown(row, reason ?? '')),
    );
    expect(wrong.map(told)).toEqual([]);
    expect(answers.map(({ row }) => row).sort()).toEqual(ANSWER_ROWS.map(({ id }) => id).sort());
    for (const { row, verdict, probe, control } of answers)
      if (verdict === 'pass')
        expect([row, probe?.asExpected, control?.asExpected]).toEqual([row, true, true]);
  },
  RUN_MS,
);

function skipIsKnown(row: string, reason: string): boolean {
  const needsLab = ANSWER_ROWS.find(({ id }) => id === row)?.lab === true && reason.includes('lab: true');
  return needsLab || (MAY_BE_SKIPPED[row]?.test(reason) ?? false);
}

test(
  'an agent that is killed in the middle of a run takes all of it away when it starts again',
  async () => {
    const stand = await Stand.open();
    try {
      await stand.start();
      const { agent, close } = localClient(stand.paths.localSocket);
      await new Promise<void>((resolve, reject) => {
        agent.answers.run.subscribe(
          { mails: ['M'], rows: [], by: 'a test' },
          { onData: (event) => event.type === 'answer' && resolve(), onError: reject },
        );
      });
      expect(await onStage(stand)).not.toEqual([]);
      await stand.stop('SIGKILL');
      await close();
      expect(await onStage(stand)).not.toEqual([]);
      await stand.start();
      expect(await onStage(stand)).toEqual([]);
    } finally {
      await stand.close();
    }
  },
  RUN_MS,
);

test(
  'where the bounds say `lab: true` bombs are set off too',
  async () => {
    const rows = ANSWER_ROWS.filter(({ lab }) => lab).map(({ id }) => id);
    expect(rows).not.toEqual([]);
    const run = await runOf({ rows, bounds: 'lab: true\n' });
    expect(run).toMatchObject({ lab: true, cutShort: null, asked: rows });
    expect(run.answers.filter(({ verdict }) => verdict !== 'pass').map(told)).toEqual([]);
    expect(run.answers.map(({ row }) => row)).toEqual(rows);
  },
  RUN_MS,
);

/** A run that a real agent was asked for at its socket, when it has ended. */
async function runOf(o: { rows: string[]; bounds?: string }): Promise<AnswersRun> {
  const stand = await Stand.open(o.bounds === undefined ? {} : { bounds: o.bounds });
  try {
    await stand.start();
    const run = await stand.ask(
      (agent) =>
        new Promise<AnswersRun>((resolve, reject) => {
          agent.answers.run.subscribe(
            { mails: [], rows: o.rows, by: 'a test' },
            { onData: (event) => event.type === 'ended' && resolve(event.run), onError: reject },
          );
        }),
    );
    expect(await onStage(stand)).toEqual([]);
    return run;
  } finally {
    await stand.close();
  }
}

/** What there is of throw-away jails of this stand's agent: namespaces, groups, ids, files. */
async function onStage({ instance, paths }: Stand): Promise<string[]> {
  const { stdout } = await promisify(execFile)('sh', [
    '-c',
    `ls -d /run/cellblock/${instance}/netns/onstage* ${paths.jails}/onstage* ${paths.agent}/stage 2>/dev/null
     find /sys/fs/cgroup -path '*cellblock-${instance}/onstage*' -prune; grep -l '${instance} onstage' ${paths.ids}/*; true`,
  ]);
  return stdout.split('\n').filter((line) => line !== '');
}

/** What is left out of the trees, and the rows that must notice. */
const MUTANTS: [protections: string, rows: string[]][] = [
  ['sealed-root', ['M8']],
  ['reserved-name', ['C30']],
  ['mount-namespace', ['M7']],
  ['mount-flags', ['M4', 'M6', 'M12', 'M17']],
  ['locked-mounts,allowed-calls,argument-rules,capabilities', ['M13']],
  ['pid-namespace', ['M15']],
  ['ipc-namespace', ['H28']],
  ['capabilities', ['M14']],
  ['capabilities,resource-limits', ['H29']],
  ['shared-stage', ['H2']],
  ['descriptors', ['C4']],
  ['allowed-calls,argument-rules', ['K1', 'K23']],
];

test.each(MUTANTS)(
  'without %s, %s fail',
  async (protections, rows) => {
    const { trees, remove } = await treesWithout(protections);
    try {
      site = await AnswersHost.open(trees);
      const answers = await site.answers(rows);
      expect(answers.filter(({ verdict }) => verdict !== 'fail').map(told)).toEqual([]);
      for (const { probe } of answers) expect(probe?.asExpected).toBe(false);
    } finally {
      await remove();
    }
  },
  RUN_MS,
);

test(
  'with another capability in the place of one of its own, M14 fails',
  async () => {
    const { trees, remove } = await treesWithout('');
    const start: typeof trees.start = (spec) => {
      const capabilities = spec.capabilities.map((name) =>
        name === 'CAP_SETPCAP' ? 'CAP_NET_BROADCAST' : name,
      );
      return trees.start({ ...spec, capabilities });
    };
    try {
      site = await AnswersHost.open(Object.assign(Object.create(trees) as typeof trees, { start }));
      const [answer] = await site.answers(['M14']);
      expect(answer).toMatchObject({ verdict: 'fail', probe: { asExpected: false } });
      expect(answer?.probe?.evidence).toContain('but more: CAP_NET_BROADCAST, less: CAP_SETPCAP');
    } finally {
      await remove();
    }
  },
  RUN_MS,
);

test(
  'an agent that forgets at its start what its host should be fails X4',
  async () => {
    site = await AnswersHost.open();
    const stage = await Stage.open(site.host, AbortSignal.timeout(RUN_MS));
    const program = join(stage.programs, 'forgetful.mjs');
    const ledger = wardenPaths(doomedDirectory(site.host.paths)).ledger;
    await writeFile(
      program,
      `import { rmSync } from 'node:fs';
      rmSync(${JSON.stringify(ledger)}, { recursive: true, force: true });
      await import(${JSON.stringify(wardenProgram())});`,
    );
    try {
      const enough = (kills: number) => kills >= 12;
      const { wrong } = await killAgain(stage, { program, enough, patienceMs: 2_000 });
      expect(wrong.join('; ')).toContain('does not become true');
    } finally {
      await stage.close();
    }
  },
  RUN_MS,
);

test(
  'where a network of the run stays, X3 counts its links, addresses and routes',
  async () => {
    const kernel = createLinuxKernel();
    let forgets = true;
    const forgetful = Object.assign(Object.create(kernel) as typeof kernel, {
      removeNetns: async (o: { path: string }) => (forgets ? undefined : kernel.removeNetns(o)),
    });
    site = await AnswersHost.open(undefined, forgetful);
    const [answer] = await site.answers(['X3']);
    const left = (await takePicture(site.host)).filter((line) => line.includes('onstage'));
    forgets = false;
    const stage = await Stage.open(site.host, AbortSignal.timeout(RUN_MS));
    await stage.close();
    expect(answer).toMatchObject({ verdict: 'fail', control: { asExpected: true } });
    expect(answer?.probe?.evidence).toMatch(/ \d are left: .*\+ address 192\.0\.2\.1\/24 on x3/);
    expect(left.join('\n')).toMatch(/^route 198\.51\.100\.0\/24 by 192\.0\.2\.2 on x3 in /m);
  },
  RUN_MS,
);

test('where a message queue of the run stays, X3 tells of it', async () => {
  site = await AnswersHost.open();
  const stage = await Stage.open(site.host, AbortSignal.timeout(RUN_MS));
  const key = queueKey(stage.nonce);
  const marks = { instance: site.host.instance, directory: stage.directory, nonce: stage.nonce };
  const before = await takePicture(site.host);
  const toldOf = async () => {
    const after = await takePicture(host);
    const run = { asked: [], answers: [], before, during: after, after, stage: marks };
    return nothingIsLeft.lookBack(run).probe;
  };
  const { host } = site;
  try {
    expect(await toldOf()).toMatchObject({ asExpected: true });
    execFileSync('perl', ['-e', `defined msgget(${key}, 01600) or die $!`]);
    const evidence = expect.stringContaining(`of this run 1 are left: + System V queue ${key}`);
    expect(await toldOf()).toMatchObject({ asExpected: false, evidence });
  } finally {
    await removeQueue(stage.nonce);
    await stage.close();
  }
  expect(await ipcObjectsOf(stage.nonce)).toEqual([]);
});

test('a run that ends in the middle of H28 leaves no queue and no memory', async () => {
  site = await AnswersHost.open();
  const ending = new AbortController();
  const stage = await Stage.open(site.host, ending.signal);
  try {
    const jail = await plainJail(stage);
    let there: string[] = [];
    // By the first thing that it asks inside, all is made.
    jail.sh = async () => {
      there = await ipcObjectsOf(stage.nonce);
      ending.abort();
      throw new Error('the run has ended');
    };
    await expect(ipcOfItsOwn.answer(stage)).rejects.toThrow('the run has ended');
    expect(there).toEqual([
      expect.stringMatching(/^posix-/),
      expect.stringMatching(/^[0-9a-f]{28}$/),
      `System V queue ${queueKey(victimsNonce(stage.nonce))}`,
    ]);
    expect(await ipcObjectsOf(stage.nonce)).toEqual([]);
  } finally {
    await stage.close();
  }
});

test('what W10 mounts in a jail that others use too is gone afterwards', async () => {
  site = await AnswersHost.open();
  const stage = await Stage.open(site.host, AbortSignal.timeout(RUN_MS));
  try {
    const { probe } = await kernelFilesClosed.answer(stage);
    expect(probe.asExpected).toBe(true);
    const jail = await jailOfProfile(stage, 'system');
    expect((await jail.sh('grep -c " /tmp/" /proc/mounts')).stdout).toBe('0\n');
  } finally {
    await stage.close();
  }
});

/** What this kernel has of POSIX and System V by this nonce. */
async function ipcObjectsOf(nonce: string): Promise<string[]> {
  const list = ['sh', '-c', 'mount -t mqueue mqueue /mnt && ls -A /mnt && ls -A /dev/shm'];
  const { stdout } = await promisify(execFile)('unshare', ['--mount', '--propagation', 'private', ...list]);
  const keys = [nonce, victimsNonce(nonce)].map(queueKey);
  const ofSystemV = (await systemVObjects()).filter((line) => keys.some((key) => line.includes(key)));
  return [...stdout.split('\n').filter((line) => line.includes(nonce)), ...ofSystemV];
}

test(
  'where no limit holds, H18 fails',
  async () => {
    const kernel = createLinuxKernel();
    const without = Object.assign(Object.create(kernel) as typeof kernel, {
      setCgroupLimits: async () => undefined,
      setCgroupDevices: async () => undefined,
    });
    site = await AnswersHost.open(undefined, without);
    const [answer] = await site.answers(['H18']);
    const said = answer?.probe?.evidence ?? '';
    expect(answer?.probe?.asExpected).toBe(false);
    // Each of its loads tells: none is there for its words alone.
    for (const miss of [/with 16 processes all/, /with 64: 0 killed/, /held back 0 times/, /group: opened/])
      expect(said).toMatch(miss);
    expect(Number(/neighbour: ([\d.]+) times its time/.exec(said)?.[1])).toBeLessThan(3);
    const [, read, written] = /MiB\/s: ([\d.]+) and ([\d.]+) s/.exec(said) ?? [];
    expect([Number(read), Number(written)].every((seconds) => seconds < 0.8)).toBe(true);
  },
  RUN_MS,
);

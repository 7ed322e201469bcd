import { expect } from 'vitest';
import { expectRefusal, type Scene } from './scene.ts';

async function started({ kernel, startProcess }: Scene) {
  const pid = await startProcess();
  const startTime = (await kernel.processStartTime({ pid })) ?? 0;
  const limit = async (resource: string) => (await kernel.readProcessLimits({ pid }))?.[resource];
  return { pid, startTime, limit };
}

export const processLimitExpectations = {
  'a limit is lowered, soft and hard, and the others stay': async (scene: Scene) => {
    const { pid, startTime, limit } = await started(scene);
    const before = await scene.kernel.readProcessLimits({ pid });
    expect(Object.keys(before ?? {}).sort()).toEqual(
      'as core cpu data fsize memlock msgqueue nofile nproc sigpending stack'.split(' '),
    );
    await scene.kernel.setProcessLimit({ pid, startTime, resource: 'nofile', soft: 64, hard: 128 });
    expect(await scene.kernel.readProcessLimits({ pid })).toEqual({
      ...before,
      nofile: { soft: 64, hard: 128 },
    });
    await scene.kernel.setProcessLimit({ pid, startTime, resource: 'nofile', soft: 100, hard: 128 });
    expect(await limit('nofile')).toEqual({ soft: 100, hard: 128 });
    expect((await limit('as'))?.hard).toBeNull();
  },
  'above its hard limit it is raised by whoever may raise limits, and by nobody else': async (
    scene: Scene,
  ) => {
    const { pid, startTime, limit } = await started(scene);
    const nofile = { pid, startTime, resource: 'nofile' };
    await scene.kernel.setProcessLimit({ ...nofile, soft: 64, hard: 64 });
    const raise = () => scene.kernel.setProcessLimit({ ...nofile, soft: 65, hard: 65 });
    const may = await scene.kernel.mayRaiseLimits({});
    if (may) await raise();
    else await expectRefusal(raise(), 'EPERM');
    expect(await limit('nofile')).toEqual(may ? { soft: 65, hard: 65 } : { soft: 64, hard: 64 });
  },
  'no such limit, and a soft one above the hard one, are refused and change nothing': async (
    scene: Scene,
  ) => {
    const { pid, startTime, limit } = await started(scene);
    const before = await limit('nofile');
    const set = (resource: string, soft: number | null, hard: number) =>
      scene.kernel.setProcessLimit({ pid, startTime, resource, soft, hard });
    await expectRefusal(set('nofile', 65, 64), 'EINVAL');
    await expectRefusal(set('nofile', null, 64), 'EINVAL');
    await expectRefusal(set('files', 64, 64), 'EINVAL');
    expect(await limit('nofile')).toEqual(before);
  },
  'another process with the same number, and none, are refused': async (scene: Scene) => {
    const { pid, startTime, limit } = await started(scene);
    const before = await limit('nofile');
    const few = { resource: 'nofile', soft: 64, hard: 64 };
    await expectRefusal(scene.kernel.setProcessLimit({ pid, startTime: startTime - 1, ...few }), 'ESRCH');
    expect(await limit('nofile')).toEqual(before);
    await expectRefusal(scene.kernel.setProcessLimit({ pid: 4_000_000, startTime: 1, ...few }), 'ESRCH');
    expect(await scene.kernel.readProcessLimits({ pid: 4_000_000 })).toBeNull();
  },
};

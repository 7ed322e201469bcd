import { expect } from 'vitest';
import { expectRefusal, type Scene } from './scene.ts';

const SIGTERM = 15;

export const processExpectations = {
  'a process is known by its number and start time': async ({ kernel, startProcess }: Scene) => {
    const pid = await startProcess();
    const startTime = await kernel.processStartTime({ pid });
    expect(startTime).toBeGreaterThan(0);
    expect(await kernel.processStartTime({ pid })).toBe(startTime);
  },
  'a signal ends it, and the wait with it': async ({ kernel, startProcess }: Scene) => {
    const pid = await startProcess();
    const startTime = (await kernel.processStartTime({ pid })) ?? 0;
    let ended = false;
    const waiting = kernel.waitProcess({ pid, startTime }).then(() => {
      ended = true;
    });
    await kernel.processStartTime({ pid });
    expect(ended).toBe(false);
    await kernel.signalProcess({ pid, startTime, signal: SIGTERM });
    await waiting;
  },
  'many waits end with one process': async ({ kernel, startProcess }: Scene) => {
    const pid = await startProcess();
    const startTime = (await kernel.processStartTime({ pid })) ?? 0;
    const waits = Array.from({ length: 50 }, () => kernel.waitProcess({ pid, startTime }));
    await kernel.signalProcess({ pid, startTime, signal: SIGTERM });
    expect(await Promise.all(waits)).toHaveLength(50);
  },
  'another process with the same number is left alone': async ({ kernel, startProcess }: Scene) => {
    const pid = await startProcess();
    const startTime = (await kernel.processStartTime({ pid })) ?? 0;
    const former = { pid, startTime: startTime - 1 };
    await expectRefusal(kernel.signalProcess({ ...former, signal: SIGTERM }), 'ESRCH');
    await expectRefusal(kernel.waitProcess(former), 'ESRCH');
    expect(await kernel.processStartTime({ pid })).toBe(startTime);
  },
  'a number without a process is refused': async ({ kernel }: Scene) => {
    const missing = { pid: 4_000_000, startTime: 1 };
    expect(await kernel.processStartTime({ pid: missing.pid })).toBeNull();
    await expectRefusal(kernel.signalProcess({ ...missing, signal: SIGTERM }), 'ESRCH');
    await expectRefusal(kernel.waitProcess(missing), 'ESRCH');
  },
};

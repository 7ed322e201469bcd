import { emptyHostState, type HostState, type ProcessState } from '@cellblock/shared/host-state';
import { expect, test } from 'vitest';
import { limitsWait } from './limits-wait.ts';

const AT = '2026-11-22T03:00:00.000Z';
const jail = { key: 'aaaaaaaa', name: 'web1' };

function host(
  resourceLimits: ProcessState['resourceLimits'],
  raisesLimits?: boolean,
  state: ProcessState['state'] = 'running',
) {
  const process: ProcessState = {
    ...{ state, startNumber: 1, pid: 100, startedAt: AT, exit: null, restarts: 0, restartAt: null },
    ...(resourceLimits === undefined ? {} : { resourceLimits }),
  };
  const kernelState: HostState = {
    ...emptyHostState('0a1b2c3d', AT),
    ...(raisesLimits === undefined ? {} : { raisesLimits }),
    jails: [{ key: jail.key, idBase: 1, storage: 'safe', cgroup: null, netns: null, process }],
  };
  return { name: 'h1', kernelState };
}

test('a limit that rises waits for the next start where the host may not raise it, and is told by name', () => {
  const [told] = limitsWait(host({ nofile: 64, core: 0 }, false), jail, { nofile: 128, core: 0 });
  expect(told).toMatch(/^resourceLimits: from the next start of web1, all of them\..* no more nofile than/);
  expect(told).toMatch(/root of host h1 .* CAP_SYS_RESOURCE\..*cellblock restart web1$/);
  // Nothing is known of what it may: it is not counted on.
  expect(limitsWait(host({ nofile: 64 }), jail, {})).toHaveLength(1);
});

test('it holds at once where the host may raise it, and a lower one anywhere', () => {
  expect(limitsWait(host({ nofile: 64 }, true), jail, { nofile: 128 })).toEqual([]);
  expect(limitsWait(host({ nofile: 64 }, false), jail, { nofile: 32, core: 0 })).toEqual([]);
});

test('an agent that cannot change limits while a jail runs is told of', () => {
  expect(limitsWait(host(undefined, undefined), jail, { nofile: 32 })).toEqual([
    expect.stringContaining('older build'),
  ]);
});

test('nothing waits of a jail that does not run, or that is being changed, or of a host that never reported', () => {
  expect(limitsWait(host({ nofile: 64 }, false, 'exited'), jail, {})).toEqual([]);
  expect(limitsWait(host(null, false), jail, {})).toEqual([]);
  expect(limitsWait({ name: 'h1', kernelState: null }, jail, {})).toEqual([]);
});

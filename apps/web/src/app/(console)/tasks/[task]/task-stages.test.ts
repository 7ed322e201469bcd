import type { TaskDetail } from '@cellblock/shared/views/task-view';
import { describe, expect, it } from 'vitest';
import { taskStages } from './task-stages.ts';

const words = (task: Partial<TaskDetail['task']>, left: TaskDetail['left'] = []) =>
  taskStages({ task: { steps: [], waitsFor: null, ...task } as unknown as TaskDetail['task'], left }).map(
    ({ label, state }) => `${String(label)}: ${state}`,
  );
const step = (result: 'done' | 'failed') => ({ result }) as TaskDetail['task']['steps'][number];
const toDo = [{ host: 'h1', asOf: null, steps: [{ kind: 'address.add', text: 'add it' }] }];

describe('how far a task has come', () => {
  it('is never seen before its host has reported', () => {
    expect(words({ state: 'wanted' }, toDo)).toEqual([
      'Wanted: done',
      'Accepted by host: now',
      'Running 0 of 1: later',
      'Seen: later',
    ]);
    expect(words({ state: 'accepted', steps: [step('done')] }, toDo).slice(2)).toEqual([
      'Running 1 of 2: now',
      'Seen: later',
    ]);
    expect(words({ state: 'applied', steps: [step('done')] }).at(-1)).toBe('Seen: done');
  });

  it('says for which host it waits', () => {
    const waitsFor = { host: 'h3', state: 'unknown' as const, since: null };
    expect(words({ state: 'wanted', waitsFor })[1]).toBe('Waits for h3: now');
  });

  it('counts the step that failed', () => {
    expect(words({ state: 'failed', steps: [step('done'), step('failed')] }).at(-1)).toBe(
      'Failed at step 2: bad',
    );
  });
});

import type { Step, StepKind } from '@cellblock/shared/step';

/** Kinds whose steps, one after another in a jail's plan, need nothing of each other. */
const AT_ONCE: readonly (readonly StepKind[])[] = [
  ['netns.setting'],
  ['link.setting'],
  // Those that wait at the same moment are one transaction of the guard.
  ['guard.address.add', 'guard.port.add'],
];

/** How many steps from `at` on may be done beside each other: of one jail, and of kinds that go together. */
export function countAtOnce(steps: readonly Step[], at: number): number {
  const first = steps[at];
  const kinds = first && AT_ONCE.find((some) => some.includes(first.kind));
  if (!first || !kinds || !('jail' in first)) return 1;
  let count = 1;
  for (const step of steps.slice(at + 1)) {
    if (!kinds.includes(step.kind) || !('jail' in step) || step.jail !== first.jail) break;
    count += 1;
  }
  return count;
}

import { addressesOf, type HostSpec, jailsOf, networksOf, specKey } from '@cellblock/shared/host-spec';
import type { Step } from '@cellblock/shared/step';
import type { ConnectedSteps } from './connected-steps.ts';
import { RetryDelays } from './retry-delays.ts';

/** What failed, or did not help, and when it is tried again. `now`: milliseconds since 1970. */
export class Retries {
  private readonly delays = new RetryDelays();
  /** by members: the steps that a set was last given */
  private readonly done = new Map<string, string>();

  /** What is wanted has changed: what failed before is tried at once. */
  forgetAll(): void {
    this.delays.forgetAll();
    this.done.clear();
  }

  failed(step: Step, now: number): { attempts: number; nextTryAt: number } {
    return this.delays.failed(retryKey(step), now);
  }

  /** A step of this set has failed: it has its own delay, and is to be tried again as it is. */
  tryAgainAsItIs(set: ConnectedSteps): void {
    this.done.delete(nameOf(set));
  }

  /** Whether a step that concerns no jail waits. */
  waits(object: string, now: number): boolean {
    return this.delays.waits(object, now);
  }

  /** Members of the set that wait; null: nothing of it can be done before one of them may. */
  waitingIn(set: ConnectedSteps, now: number): string[] | null {
    const waiting = [...set.members].filter((member) => this.delays.waits(member, now));
    if (waiting.length === 0) return waiting;
    const none = set.steps.every((step) => retryKeys(step).some((key) => waiting.includes(key)));
    return none ? null : waiting;
  }

  /** The same steps, done before without a failure, and wanted again: they do not help, so they must wait. */
  isRepeated(set: ConnectedSteps, now: number): boolean {
    const members = nameOf(set);
    const steps = JSON.stringify(set.steps.map(({ cause: _, ...step }) => step));
    if (this.done.get(members) !== steps) {
      this.done.set(members, steps);
      return false;
    }
    this.done.delete(members);
    for (const key of new Set(set.steps.map(retryKey))) this.delays.failed(key, now);
    return true;
  }

  /** What is in no plan any more is not tried again. */
  planned(sets: readonly ConnectedSteps[]): void {
    const names = new Set(sets.map(nameOf));
    for (const name of this.done.keys()) if (!names.has(name)) this.done.delete(name);
  }

  /** What the spec names and no step is left for has succeeded. */
  succeeded(spec: HostSpec, steps: readonly Step[]): void {
    const stepped = new Set(steps.map(retryKey));
    const keys = [
      ...jailsOf(spec).map(({ key }) => `jail ${key}`),
      ...addressesOf(spec).map(({ address }) => `address ${address}`),
      ...networksOf(spec).map(specKey),
    ];
    for (const key of keys) if (!stepped.has(key)) this.delays.succeeded(key);
  }

  /** The earliest moment at which something may be tried again. */
  next(): number | null {
    return this.delays.next();
  }
}

function nameOf(set: ConnectedSteps): string {
  return [...set.members].sort().join();
}

/** Whose next try a failure of this step puts off: somebody else's address must not hold up the whole jail. */
function retryKey(step: Step): string {
  if (step.kind === 'address.add') return `address ${step.address}`;
  return 'jail' in step ? `jail ${step.jail}` : step.object;
}

/** Everything that this step waits for when it is put off. */
function retryKeys(step: Step): string[] {
  return 'jail' in step ? [`jail ${step.jail}`, retryKey(step)] : [];
}

import { KernelError } from '@cellblock/native/kernel-error';
import { AppError } from '@cellblock/shared/app-error';
import type { Step } from '@cellblock/shared/step';
import type { WardenHost } from '../warden-host.ts';
import { applyStep } from './apply-step.ts';
import type { Applied } from './fact.ts';
import { countAtOnce } from './steps-at-once.ts';

export interface StepOutcome {
  step: Step;
  at: string;
  durationMs: number;
  applied: Applied | null;
  failure: StepFailure | null;
}

/** `code`: an errno; `fix`: of a refusal of our own. */
interface StepFailure {
  code: string | null;
  message: string;
  fix?: string;
}

/**
 * Applies steps in order, those beside each other that need nothing of each other. A step that fails skips the rest of its own jail (or network), and whatever gives
 * an address to somebody that a skipped step should have taken from somebody else; others go on. An address
 * that cannot be added, since somebody on the segment has it, keeps a jail from starting and from nothing else.
 */
export async function applySet(
  host: WardenHost,
  steps: readonly Step[],
  o: { blocked?: Iterable<string>; report: (outcome: StepOutcome) => Promise<void> },
): Promise<void> {
  const blocked = new Set(o.blocked ?? []);
  // Accounting for a step goes on while the next is done: a move's gap must not wait for a disk.
  const reports: Promise<void>[] = [];
  for (let at = 0; at < steps.length; ) {
    const together = steps.slice(at, at + countAtOnce(steps, at));
    at += together.length;
    const due: Step[] = [];
    for (const step of together) {
      const isBlocked = [...blockersOf(step)].some((member) => blocked.has(member));
      if (isBlocked) for (const key of waitsFor(step)) blocked.add(key);
      else due.push(step);
    }
    for (const outcome of await Promise.all(due.map((step) => attempt(host, step)))) {
      if (outcome.failure) for (const key of waitsFor(outcome.step)) blocked.add(key);
      const report = o.report(outcome);
      report.catch(() => undefined); // heard below, with the others
      reports.push(report);
    }
  }
  await Promise.all(reports);
}

function* blockersOf(step: Step): Generator<string> {
  if ('jail' in step && step.jail !== '') yield `jail ${step.jail}`;
  if ('jail' in step && 'address' in step) yield `address ${step.address}`;
  if (step.kind === 'process.start') yield `start ${step.jail}`;
  // A port that stays keeps its guard, and the guard of an unknown port is nobody's jail.
  if ('port' in step) yield `port ${step.port}`;
  if ('network' in step && !('jail' in step)) yield `network ${step.network}`;
}

/** What must not be done while this step is not. */
function waitsFor(step: Step): string[] {
  if (step.kind !== 'address.add') return [...blockersOf(step)];
  return [`address ${step.address}`, `start ${step.jail}`];
}

async function attempt(host: WardenHost, step: Step): Promise<StepOutcome> {
  const started = performance.now();
  const at = host.now().toISOString();
  const ended = (rest: Pick<StepOutcome, 'applied' | 'failure'>): StepOutcome => ({
    step,
    at,
    durationMs: Math.round((performance.now() - started) * 1000) / 1000,
    ...rest,
  });
  try {
    const applied = await applyStep(host, step);
    globalThis.crashHere?.(`warden did ${step.kind}`);
    return ended({ applied, failure: null });
  } catch (error) {
    return ended({ applied: null, failure: failureOf(error) });
  }
}

function failureOf(error: unknown): StepFailure {
  if (error instanceof AppError) {
    const { message, cause, fix } = error.refusal;
    const words = [message, cause].filter(Boolean).join(' ').replace(/\.$/, '');
    return { code: null, message: words, ...(fix && { fix }) };
  }
  if (error instanceof KernelError) return { code: error.code, message: error.message };
  if (error instanceof Error) {
    const { code } = error as NodeJS.ErrnoException;
    return { code: typeof code === 'string' ? code : null, message: error.message };
  }
  return { code: null, message: String(error) };
}

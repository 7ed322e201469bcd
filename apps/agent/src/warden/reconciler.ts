import { cpus } from 'node:os';
import { jailsOf } from '@cellblock/shared/host-spec';
import type { HostState } from '@cellblock/shared/host-state';
import type { Problem } from '@cellblock/shared/host-status';
import { plan } from '@cellblock/shared/plan/plan';
import { describeStep, type Step } from '@cellblock/shared/step';
import type { AcceptedSpec } from './accepted-spec.ts';
import { applySet, type StepOutcome } from './apply/apply-set.ts';
import { type ConnectedSteps, connectedSteps } from './connected-steps.ts';
import { endJails } from './end-jails.ts';
import { watchKernel } from './kernel-watch.ts';
import { observeHost } from './observe/observe-host.ts';
import { ProcessWatches } from './process-watches.ts';
import { receiptOfRefusal, receiptOfStep } from './receipt-of.ts';
import type { Receipts } from './receipts.ts';
import { Retries } from './retries.ts';
import type { Settled } from './settled.ts';
import { StartQueue, startsOnly } from './start-queue.ts';
import { strangers } from './strangers.ts';
import type { WardenHost } from './warden-host.ts';

const IDLE_MS = 30_000;
const LONGEST_REST_MS = 1_000;
/** A thousand jails that are made step by step together are all ready at the end; some at a time, one after another. */
const MOST_STARTS = 16 * cpus().length;

export interface ReconcilerParts {
  host: WardenHost;
  /** What to make true now: the ledger's spec, without what is refused or held; null: nothing was accepted. */
  accepted: () => Promise<AcceptedSpec | null>;
  receipts: Pick<Receipts, 'append'>;
  settled: Settled;
  boundsHash: () => string;
  /** Something that the status shows has changed. */
  changed: () => void;
}

/** One look at the host, and what was wanted of it then. */
export interface Seen {
  state: HostState;
  accepted: AcceptedSpec;
  /** jails (`jail KEY`) that were being changed meanwhile: nothing is confirmed by what they looked like */
  unsure: ReadonlySet<string>;
}

/**
 * Observes, plans, applies, until the plan is empty.
 *
 * Invariants: one pass looks at a time; a set of connected jails is changed by one hand at a time, and a
 * pass leaves sets alone that are being changed; nothing is undone, the next pass plans anew from what is.
 */
export class Reconciler {
  private readonly parts: ReconcilerParts;
  private readonly retries = new Retries();
  private readonly watches: ProcessWatches;
  private readonly starts: StartQueue;
  private readonly busy = new Map<string, Step[]>();
  private readonly stopped = new AbortController();
  private readonly problemsByObject = new Map<string, Problem>();
  private readonly running = new Set<Promise<void>>();
  private passing: Promise<void> | null = null;
  private again = false;
  /** jails to look into in the next pass; null: all of them */
  private scope: Set<string> | null = null;
  private rested: () => void = () => undefined;
  private timer: NodeJS.Timeout | null = null;
  private last: Seen | null = null;
  private convergedGeneration = 0;

  constructor(parts: ReconcilerParts) {
    this.parts = parts;
    this.starts = new StartQueue({ most: MOST_STARTS, ask: parts.accepted });
    this.watches = new ProcessWatches(parts.host, (key) => this.wake({ jails: [key] }));
  }

  /** What the newest pass saw; null before the first. */
  get seen(): Seen | null {
    return this.last;
  }
  get problems(): Problem[] {
    const seen = this.last;
    return [...this.problemsByObject.values(), ...(seen ? strangers(seen.state, seen.accepted) : [])];
  }
  get converged(): number {
    return this.convergedGeneration;
  }
  /** Steps that are being applied now. */
  get underWay(): Step[] {
    return [...new Set(this.busy.values())].flat();
  }

  /** Keeps the host as it should be until `stop`. */
  start(): void {
    void watchKernel(this.parts.host, {
      signal: this.stopped.signal,
      deaf: () => this.running.size > 0,
      lost: () => this.wake(),
    });
    this.wake();
  }

  /** Resolves when nothing is being changed any more; what has not begun does not begin. */
  async stop(): Promise<void> {
    this.stopped.abort();
    this.rested();
    if (this.timer) clearTimeout(this.timer);
    this.watches.stop();
    this.starts.close();
    await this.passing;
    await Promise.allSettled(this.running);
  }

  /** Ends every jail that runs, together, and by force after `patienceMs`; after `stop`, when no pass starts them anew. */
  async endJails(patienceMs: number): Promise<void> {
    const accepted = this.last?.accepted ?? (await this.parts.accepted());
    if (!accepted) return;
    const report = (outcome: StepOutcome) => this.report(outcome, accepted);
    await endJails(this.parts.host, { accepted, patienceMs, report });
  }

  /** A pass soon. `changed`: what is wanted has changed, so what failed before is tried at once. `jails`: keys
   *  of those that it concerns; the others are taken as they were seen last. */
  wake(o: { changed?: boolean; jails?: Iterable<string> } = {}): void {
    if (o.changed) {
      this.starts.changed();
      this.retries.forgetAll();
      this.rested();
    }
    if (o.jails === undefined) this.scope = null;
    else for (const key of o.jails) this.scope?.add(key);
    this.again = true;
    if (this.passing || this.stopped.signal.aborted) return;
    this.passing = this.passes().finally(() => {
      this.passing = null;
      if (this.again) this.wake({ jails: [] });
    });
  }

  /** Whether these jails are as they were seen last: nobody changes them, looks at them, or has to. */
  knows(jails: readonly string[]): boolean {
    const { scope, last } = this;
    if (this.passing || this.stopped.signal.aborted || !last || scope === null) return false;
    return jails.every(
      (key) => !scope.has(key) && !this.busy.has(`jail ${key}`) && !last.unsure.has(`jail ${key}`),
    );
  }

  /** Applies steps that were planned from what was seen last, of jails that it `knows`. Their end wakes a pass,
   *  which looks at what came of it. */
  apply(steps: readonly Step[], accepted: AcceptedSpec): void {
    this.retries.forgetAll();
    const caused = steps.map((step) => this.withCause(step));
    for (const set of connectedSteps(accepted.spec, caused).sets) this.run(set, [], accepted);
  }

  /** Passes until nothing is left to do or everything left has failed; for tests and for purge. */
  async settle(): Promise<void> {
    this.wake();
    while (this.passing || this.running.size > 0) {
      await this.passing;
      await Promise.allSettled(this.running);
    }
  }

  private async passes(): Promise<void> {
    while (this.again && !this.stopped.signal.aborted) {
      this.again = false;
      const began = performance.now();
      try {
        await this.pass();
        this.sleep();
      } catch (error) {
        console.error('the host could not be observed:', error);
        this.sleep(1_000);
      }
      this.parts.changed();
      await this.rest(performance.now() - began);
    }
  }

  /** While many are being changed each end asks for a look, and a look at a thousand jails takes its time: it
   *  gets a fifth of it. Who changes what is wanted, and the last that ends, wait for nothing. */
  private async rest(tookMs: number): Promise<void> {
    if (this.running.size === 0 || this.stopped.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.min(4 * tookMs, LONGEST_REST_MS));
      this.rested = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private async pass(): Promise<void> {
    const { accepted, recalled } = await this.starts.look();
    for (const set of recalled) this.release(set);
    if (!accepted) return;
    const { host } = this.parts;
    // What is being changed while we look may have any shape: nothing is confirmed by it.
    const unsure = new Set(this.busy.keys());
    const { scope } = this;
    this.scope = new Set();
    const known = this.last?.state;
    const state = await observeHost(host, scope && known ? { known, jails: scope } : null).catch((error) => {
      this.scope = null;
      throw error;
    });
    this.last = { state, accepted, unsure };
    const steps = plan(accepted.spec, state, accepted).map((step) => this.withCause(step));
    await this.settleObjects(accepted, steps);
    this.watches.follow(state);

    const { first, sets } = connectedSteps(accepted.spec, steps);
    this.retries.planned(sets);
    const due = first.filter((step) => !this.retries.waits(step.object, host.now().getTime()));
    await applySet(host, due, { report: (outcome) => this.report(outcome, accepted) });
    if (due.length > 0) this.again = true;
    if (this.stopped.signal.aborted) return;
    for (const set of sets) {
      // A set that ended while we looked was not seen as it is now: its end wakes the pass that sees it.
      if ([...set.members].some((member) => this.busy.has(member) || unsure.has(member))) continue;
      const now = host.now().getTime();
      const waiting = this.retries.waitingIn(set, now);
      // A plan of which nothing can be done yet is left for the timer.
      if (waiting === null || this.retries.isRepeated(set, now)) continue;
      this.run(set, waiting, accepted);
    }
  }

  private run(set: ConnectedSteps, waiting: string[], accepted: AcceptedSpec): void {
    for (const member of set.members) this.busy.set(member, set.steps);
    const steps = {
      blocked: waiting,
      report: (outcome: StepOutcome) => {
        if (outcome.failure) this.retries.tryAgainAsItIs(set);
        return this.report(outcome, accepted);
      },
    };
    const begin = () => applySet(this.parts.host, set.steps, steps);
    const ended = startsOnly(set) ? this.starts.run(set, accepted, begin) : begin().then(() => true);
    const done = ended
      .then((begun) => {
        if (!begun) this.release(set);
      })
      .catch((error) => console.error('steps could not be accounted for:', error))
      .finally(() => {
        this.free(set);
        this.running.delete(done);
        if (this.running.size === 0) this.rested();
        this.wake({ jails: jailsAmong(set.members) });
      });
    this.running.add(done);
  }

  /** Nothing of it was begun, and it is planned anew. */
  private release(set: ConnectedSteps): void {
    this.free(set);
    this.retries.tryAgainAsItIs(set);
    for (const key of jailsAmong(set.members)) this.scope?.add(key);
  }

  private free(set: ConnectedSteps): void {
    // Whoever was released may be under way again by a newer plan.
    for (const member of set.members) if (this.busy.get(member) === set.steps) this.busy.delete(member);
  }

  /** What was wanted before and is wanted still is mended by the host itself. */
  private withCause(step: Step): Step {
    return this.parts.settled.has(step.object, step.cause) ? { ...step, cause: null } : step;
  }

  private async settleObjects(accepted: AcceptedSpec, steps: readonly Step[]): Promise<void> {
    const open = new Set(steps.map((step) => step.object));
    const unsure = this.last?.unsure ?? new Set<string>();
    const ids = new Set(
      jailsOf(accepted.spec)
        .filter((jail) => unsure.has(`jail ${jail.key}`))
        .map((jail) => jail.id),
    );
    const { settled } = this.parts;
    for (const [key, object] of accepted.spec.objects) {
      if (open.has(key) || accepted.frozen.has(key)) continue;
      if (object.kind !== 'network' && ids.has(object.kind === 'jail' ? object.id : object.jail)) continue;
      settled.add(key, object.cause);
      this.problemsByObject.delete(key);
    }
    for (const key of this.problemsByObject.keys()) {
      if (!open.has(key)) this.problemsByObject.delete(key);
    }
    for (const refused of accepted.refused) {
      const mark = `refused ${refused.key}`;
      if (refused.cause === null || settled.has(mark, refused.cause)) continue;
      const at = this.parts.host.now().toISOString();
      await this.parts.receipts.append(receiptOfRefusal(refused, { ...this.under(accepted), at }));
      settled.add(mark, refused.cause);
    }
    this.retries.succeeded(accepted.spec, steps);
    await settled.store(
      new Set([...accepted.spec.objects.keys(), ...accepted.refused.map(({ key }) => key)]),
    );
    if (steps.length === 0 && this.busy.size === 0 && unsure.size === 0)
      this.convergedGeneration = accepted.spec.generation;
  }

  private async report(outcome: StepOutcome, accepted: AcceptedSpec): Promise<void> {
    const { step, failure } = outcome;
    const now = this.parts.host.now();
    if (failure) {
      const delay = this.retries.failed(step, now.getTime());
      this.problemsByObject.set(step.object, {
        key: step.object,
        step: describeStep(step),
        code: failure.code,
        message: failure.message,
        ...(failure.fix && { fix: failure.fix }),
        cause: step.cause,
        generation: accepted.spec.generation,
        at: outcome.at,
        attempts: delay.attempts,
        nextTryAt: new Date(delay.nextTryAt).toISOString(),
      });
    }
    await this.parts.receipts.append(receiptOfStep(outcome, this.under(accepted)));
    globalThis.crashHere?.(`warden accounted for ${step.kind}`);
    this.parts.changed();
  }

  private under(accepted: AcceptedSpec) {
    return { generation: accepted.spec.generation, bounds: this.parts.boundsHash() };
  }

  /** The next moment at which something is due by itself: a retry, a restart, or the regular look. */
  private sleep(longest = IDLE_MS): void {
    if (this.timer) clearTimeout(this.timer);
    const now = this.parts.host.now().getTime();
    const restarts = (this.last?.state.jails ?? []).flatMap(({ process }) =>
      process?.restartAt ? [Date.parse(process.restartAt)] : [],
    );
    // What fell due while this pass was at work was not in its plan: it is due at once.
    const planned = this.last ? Date.parse(this.last.state.at) : now;
    const due = [...restarts, this.retries.next() ?? Number.POSITIVE_INFINITY].filter((at) => at > planned);
    const wait = Math.min(longest, ...due.map((at) => Math.max(1, at - now + 1)));
    this.timer = setTimeout(() => this.wake(), wait);
    this.timer.unref();
  }
}

function jailsAmong(members: ReadonlySet<string>): string[] {
  return [...members].filter((member) => member.startsWith('jail ')).map((member) => member.slice(5));
}

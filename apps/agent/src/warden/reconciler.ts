import { addressesOf, jailsOf, networksOf, specKey } from '@cellblock/shared/host-spec';
import type { HostState } from '@cellblock/shared/host-state';
import type { Problem } from '@cellblock/shared/host-status';
import { cgroupName } from '@cellblock/shared/owned-names';
import { plan } from '@cellblock/shared/plan/plan';
import { describeStep, type Step } from '@cellblock/shared/step';
import type { AcceptedSpec } from './accepted-spec.ts';
import { applySet, type StepOutcome } from './apply/apply-set.ts';
import { type ConnectedSteps, connectedSteps } from './connected-steps.ts';
import { observeHost } from './observe/observe-host.ts';
import { jailPaths } from './paths.ts';
import type { Receipts } from './receipts.ts';
import { RetryDelays } from './retry-delays.ts';
import type { Settled } from './settled.ts';
import type { WardenHost } from './warden-host.ts';

const IDLE_MS = 30_000;
const BURST_MS = 50;

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
  private readonly delays = new RetryDelays();
  private readonly busy = new Map<string, Step[]>();
  private readonly watched = new Map<string, AbortController>();
  private readonly stopped = new AbortController();
  private readonly problemsByObject = new Map<string, Problem>();
  private readonly running = new Set<Promise<void>>();
  /** by members: the steps that a set was last given */
  private readonly done = new Map<string, string>();
  private passing: Promise<void> | null = null;
  private again = false;
  /** jails to look into in the next pass; null: all of them */
  private scope: Set<string> | null = null;
  private timer: NodeJS.Timeout | null = null;
  private last: Seen | null = null;
  private convergedGeneration = 0;

  constructor(parts: ReconcilerParts) {
    this.parts = parts;
  }

  /** What the newest pass saw; null before the first. */
  get seen(): Seen | null {
    return this.last;
  }
  get problems(): Problem[] {
    return [...this.problemsByObject.values(), ...this.strangers()];
  }
  get converged(): number {
    return this.convergedGeneration;
  }
  /** Steps that are being applied now. */
  get underWay(): Step[] {
    return [...new Set([...this.busy.values()].flat())];
  }

  /** Keeps the host as it should be until `stop`. */
  start(): void {
    void this.followKernel();
    this.wake();
  }

  /** Resolves when nothing is being changed any more. */
  async stop(): Promise<void> {
    this.stopped.abort();
    if (this.timer) clearTimeout(this.timer);
    for (const watch of this.watched.values()) watch.abort();
    await this.passing;
    await Promise.allSettled(this.running);
  }

  /** Ends every jail that runs, together, and by force after `patienceMs`; after `stop`, when no pass starts them anew. */
  async endJails(patienceMs: number): Promise<void> {
    const { host } = this.parts;
    const accepted = this.last?.accepted ?? (await this.parts.accepted());
    if (!accepted) return;
    const running = (await observeHost(host)).jails.filter(({ process }) => process?.state === 'running');
    const force = setTimeout(() => {
      for (const { key } of running) {
        const name = cgroupName(host.instance, key);
        host.kernel.killCgroup({ name }).catch((error) => console.error(`jail ${key}:`, error));
      }
    }, patienceMs);
    await Promise.all(
      running.map(({ key, process }) => {
        const spec = jailsOf(accepted.spec).find((jail) => jail.key === key);
        const step: Step = {
          kind: 'process.stop',
          object: spec ? specKey(spec) : `jail/${key}`,
          cause: null,
          jail: key,
          name: spec?.name ?? key,
          startNumber: process?.startNumber ?? 0,
        };
        return applySet(host, [step], { report: (outcome) => this.report(outcome, accepted) });
      }),
    );
    clearTimeout(force);
  }

  /** A pass soon. `changed`: what is wanted has changed, so what failed before is tried at once. `jails`: keys
   *  of those that it concerns; the others are taken as they were seen last. */
  wake(o: { changed?: boolean; jails?: Iterable<string> } = {}): void {
    if (o.changed) {
      this.delays.forgetAll();
      this.done.clear();
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
    this.delays.forgetAll();
    this.done.clear();
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
      try {
        await this.pass();
        this.sleep();
      } catch (error) {
        console.error('the host could not be observed:', error);
        this.sleep(1_000);
      }
      this.parts.changed();
    }
  }

  private async pass(): Promise<void> {
    const accepted = await this.parts.accepted();
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
    this.followProcesses(state);

    const { first, sets } = connectedSteps(accepted.spec, steps);
    const planned = new Set(sets.map(nameOf));
    for (const name of this.done.keys()) if (!planned.has(name)) this.done.delete(name);
    const due = first.filter((step) => !this.delays.waits(step.object, host.now().getTime()));
    await applySet(host, due, { report: (outcome) => this.report(outcome, accepted) });
    if (due.length > 0) this.again = true;
    for (const set of sets) {
      // A set that ended while we looked was not seen as it is now: its end wakes the pass that sees it.
      if ([...set.members].some((member) => this.busy.has(member) || unsure.has(member))) continue;
      const now = host.now().getTime();
      const waiting = [...set.members].filter((member) => this.delays.waits(member, now));
      // A plan of which nothing can be done yet is left for the timer.
      if (
        waiting.length > 0 &&
        set.steps.every((step) => retryKeys(step).some((key) => waiting.includes(key)))
      )
        continue;
      if (this.isRepeated(set)) continue;
      this.run(set, waiting, accepted);
    }
  }

  /** The same steps, done before without a failure, and wanted again: they do not help, so they must wait. */
  private isRepeated(set: ConnectedSteps): boolean {
    const members = nameOf(set);
    const steps = JSON.stringify(set.steps.map(({ cause: _, ...step }) => step));
    if (this.done.get(members) !== steps) {
      this.done.set(members, steps);
      return false;
    }
    this.done.delete(members);
    const now = this.parts.host.now().getTime();
    for (const key of new Set(set.steps.map(retryKey))) this.delays.failed(key, now);
    return true;
  }

  private run(set: ConnectedSteps, waiting: string[], accepted: AcceptedSpec): void {
    for (const member of set.members) this.busy.set(member, set.steps);
    const done = applySet(this.parts.host, set.steps, {
      blocked: waiting,
      report: (outcome) => {
        // What failed has its own delay, and is to be tried again as it is.
        if (outcome.failure) this.done.delete(nameOf(set));
        return this.report(outcome, accepted);
      },
    })
      .catch((error) => console.error('steps could not be accounted for:', error))
      .finally(() => {
        for (const member of set.members) this.busy.delete(member);
        this.running.delete(done);
        this.wake({ jails: jailsAmong(set.members) });
      });
    this.running.add(done);
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
      await this.parts.receipts.append({
        generation: accepted.spec.generation,
        cause: refused.cause,
        object: refused.key,
        step: { kind: 'refuse', rule: refused.rule },
        text: `refuse ${refused.key.split('/')[0]}: ${refused.message}`,
        result: 'refused',
        errno: null,
        message: refused.message,
        before: null,
        after: null,
        at: this.parts.host.now().toISOString(),
        durationMs: 0,
        bounds: this.parts.boundsHash(),
      });
      settled.add(mark, refused.cause);
    }
    const stepped = new Set(steps.map(retryKey));
    for (const jail of jailsOf(accepted.spec)) {
      if (!stepped.has(`jail ${jail.key}`)) this.delays.succeeded(`jail ${jail.key}`);
    }
    for (const { address } of addressesOf(accepted.spec)) {
      if (!stepped.has(`address ${address}`)) this.delays.succeeded(`address ${address}`);
    }
    for (const network of networksOf(accepted.spec)) {
      if (!stepped.has(specKey(network))) this.delays.succeeded(specKey(network));
    }
    await settled.store(
      new Set([...accepted.spec.objects.keys(), ...accepted.refused.map(({ key }) => key)]),
    );
    if (steps.length === 0 && this.busy.size === 0 && unsure.size === 0)
      this.convergedGeneration = accepted.spec.generation;
  }

  private async report(outcome: StepOutcome, accepted: AcceptedSpec): Promise<void> {
    const { step, failure, applied } = outcome;
    const now = this.parts.host.now();
    if (failure) {
      const delay = this.delays.failed(retryKey(step), now.getTime());
      this.problemsByObject.set(step.object, {
        key: step.object,
        step: describeStep(step),
        code: failure.code,
        message: failure.message,
        cause: step.cause,
        generation: accepted.spec.generation,
        at: outcome.at,
        attempts: delay.attempts,
        nextTryAt: new Date(delay.nextTryAt).toISOString(),
      });
    }
    const { object, cause, ...plain } = step;
    await this.parts.receipts.append({
      generation: accepted.spec.generation,
      cause,
      object,
      step: plain,
      text: describeStep(step),
      result: failure ? 'failed' : 'done',
      errno: failure?.code ?? null,
      message: failure?.message ?? null,
      before: applied?.before ?? null,
      after: applied?.after ?? null,
      at: outcome.at,
      durationMs: outcome.durationMs,
      bounds: this.parts.boundsHash(),
    });
    globalThis.crashHere?.(`warden accounted for ${step.kind}`);
    this.parts.changed();
  }

  /** A jail of ours that runs though no spec names it is touched by nobody, and somebody should know. */
  private strangers(): Problem[] {
    if (!this.last) return [];
    const { state, accepted } = this.last;
    const keys = new Set(jailsOf(accepted.spec).map((jail) => jail.key));
    return state.jails
      .filter((jail) => jail.process?.state === 'running' && !keys.has(jail.key))
      .map((jail) => ({
        key: `jail/${jail.key}`,
        step: 'look at what runs',
        code: null,
        message: `a jail with key ${jail.key} runs here and no spec names it`,
        fix: 'restore it in the dashboard, or on the host: cellblock agent purge',
        cause: null,
        generation: accepted.spec.generation,
        at: state.at,
        attempts: 0,
        nextTryAt: null,
      }));
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
    const due = [...restarts, this.delays.next() ?? Number.POSITIVE_INFINITY].filter((at) => at > planned);
    const wait = Math.min(longest, ...due.map((at) => Math.max(1, at - now + 1)));
    this.timer = setTimeout(() => this.wake(), wait);
    this.timer.unref();
  }

  /** The end of a pid 1 wakes us; a watch is kept for as long as the process runs. */
  private followProcesses(state: HostState): void {
    for (const { key, process } of state.jails) {
      if (process?.state !== 'running' || this.watched.has(key)) continue;
      const watch = new AbortController();
      this.watched.set(key, watch);
      void this.parts.host.trees
        .wait({ runDirectory: jailPaths(this.parts.host.paths, key).run, signal: watch.signal })
        // Without its end being heard, the jail is looked at again, but not in a tight circle.
        .catch(() => pause(1_000))
        .finally(() => {
          this.watched.delete(key);
          if (!watch.signal.aborted) this.wake({ jails: [key] });
        });
    }
  }

  /** Somebody else's hand on our links is seen at once; our own changes wake nobody. */
  private async followKernel(): Promise<void> {
    const { host } = this.parts;
    const { signal } = this.stopped;
    while (!signal.aborted) {
      try {
        for await (const event of host.kernel.watch({ signal })) {
          const ours = event.link === null || event.link.slice(1).startsWith(host.instance);
          if (!ours || event.change !== 'gone' || this.running.size > 0) continue;
          await pause(BURST_MS);
          this.wake();
        }
      } catch (error) {
        if (signal.aborted) return;
        console.error('kernel events are not heard, the host is looked at every 30 s:', error);
      }
      await pause(1_000);
    }
  }
}

function nameOf(set: ConnectedSteps): string {
  return [...set.members].sort().join();
}

function jailsAmong(members: ReadonlySet<string>): string[] {
  return [...members].filter((member) => member.startsWith('jail ')).map((member) => member.slice(5));
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

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}

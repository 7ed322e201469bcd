import { randomUUID } from 'node:crypto';
import { hostSpec, type SpecObject, type SpecPut } from '@cellblock/shared/host-spec';
import { specDigest } from '@cellblock/shared/spec-digest';
import { pictureChange } from '../../stage/picture.ts';
import type { Stage } from '../../stage/stage.ts';
import { NotTried } from '../row.ts';
import { ALWAYS, DOOMED_ACTS, type DoomedAct, isTrue, steady, wantedBy } from './doomed-acts.ts';
import { DoomedAgent } from './doomed-agent.ts';
import { doomedObjects } from './doomed-objects.ts';
import { doomedReceipts, gapsIn, outcomeOf } from './doomed-receipts.ts';

const LOOK_MS = 20;
const PATIENCE_MS = 20_000;
/** A kill may come after the act as well. */
const BEYOND = 1.2;
/** So many come at once: before all of it is done, whatever the dice say. */
const AT_ONCE = 2;

export interface Killed {
  kills: number;
  /** acts that were not true when the agent was killed, or of which the host looked otherwise than it should */
  inTheMiddle: number;
  /** acts of which the history said nothing at that moment */
  untold: number;
  /** after the restart: what did not become true, what is left or missing, what the history lacks */
  wrong: string[];
  outcomes: Record<'ok' | 'failed' | 'unknown', number>;
}

/**
 * Kills an agent at random moments of its acts, starts it again, and compares what comes of it with what comes of
 * the same act without a kill. Goes on until `enough` says so.
 */
export async function killAgain(
  stage: Stage,
  o: { enough: (kills: number) => boolean; program?: string; patienceMs?: number },
): Promise<Killed> {
  const agent = await DoomedAgent.open(stage, o.program);
  try {
    await agent.start();
    return await new Kills(stage, agent, o.patienceMs ?? PATIENCE_MS).until(o.enough);
  } finally {
    await agent.close();
  }
}

class Kills {
  private readonly stage: Stage;
  private readonly agent: DoomedAgent;
  private readonly patienceMs: number;
  private readonly rehearsed = new Map<DoomedAct, { ms: number; objects: string[] }>();
  private generation = 0;
  private readonly killed: Killed = {
    kills: 0,
    inTheMiddle: 0,
    untold: 0,
    wrong: [],
    outcomes: { ok: 0, failed: 0, unknown: 0 },
  };

  constructor(stage: Stage, agent: DoomedAgent, patienceMs: number) {
    this.stage = stage;
    this.agent = agent;
    this.patienceMs = patienceMs;
  }

  async until(enough: (kills: number) => boolean): Promise<Killed> {
    const { killed } = this;
    await this.make(ALWAYS);
    const pid = await this.pidOfSteady();
    for (const act of DOOMED_ACTS) await this.rehearse(act);
    await this.make(ALWAYS);
    for (let n = 0; !enough(killed.kills) && killed.wrong.length === 0; n += 1) {
      const act = DOOMED_ACTS[n % DOOMED_ACTS.length] ?? 'create';
      if (act === 'create' && n > 0) await this.make(ALWAYS);
      await this.killIn(act);
    }
    const now = await this.pidOfSteady();
    if (now !== pid) killed.wrong.push(`a jail that nobody touched: pid ${pid} became ${now}`);
    const gaps = gapsIn(doomedReceipts(this.agent.directory));
    if (gaps > 0) killed.wrong.push(`the history has ${gaps} gaps`);
    return killed;
  }

  private async rehearse(act: DoomedAct): Promise<void> {
    const began = performance.now();
    await this.make(wantedBy(act, randomUUID()));
    const ms = performance.now() - began;
    this.rehearsed.set(act, { ms, objects: await this.objects() });
  }

  private async killIn(act: DoomedAct): Promise<void> {
    const { killed, agent } = this;
    const cause = randomUUID();
    const { ms, objects } = this.rehearsed.get(act) ?? { ms: 0, objects: [] };
    const put = this.putOf(wantedBy(act, cause));
    const acknowledged = agent.put(put);
    if (killed.kills >= AT_ONCE) await pause(Math.random() * ms * BEYOND);
    await agent.kill();
    killed.kills += 1;
    if (pictureChange(objects, await this.objects()).length > 0) killed.inTheMiddle += 1;
    if (outcomeOf(cause, doomedReceipts(agent.directory)) === 'unknown') killed.untold += 1;
    await agent.start();
    // Nobody was told that it is accepted: whoever wanted it says it again.
    if (!(await acknowledged)) await agent.put(put);
    const what = `killed in ${act}`;
    if (!(await this.becomesTrue(wantedBy(act, cause), this.patienceMs)))
      killed.wrong.push(`${what}: it does not become true`);
    const left = await this.difference(objects);
    if (left.length > 0) killed.wrong.push(`${what}: ${left.slice(0, 3).join(', ')}`);
    killed.outcomes[outcomeOf(cause, doomedReceipts(agent.directory))] += 1;
  }

  private async make(wanted: readonly SpecObject[]): Promise<void> {
    await this.agent.put(this.putOf(wanted));
    if (await this.becomesTrue(wanted, PATIENCE_MS)) return;
    const { problems, refused, converged } = await this.agent.status();
    throw new NotTried(`without a kill: ${JSON.stringify({ converged, problems, refused })}`);
  }

  private putOf(wanted: readonly SpecObject[]): SpecPut {
    this.generation += 1;
    return {
      dashboard: this.dashboard,
      epoch: this.dashboard,
      generation: this.generation,
      base: null,
      changed: [...wanted],
      removed: [],
      digest: specDigest(hostSpec(this.generation, wanted).objects),
      expect: [],
    };
  }
  private readonly dashboard = randomUUID();

  private async becomesTrue(wanted: readonly SpecObject[], patienceMs: number): Promise<boolean> {
    for (const since = performance.now(); ; await pause(LOOK_MS)) {
      this.stage.signal.throwIfAborted();
      if (isTrue(wanted, this.generation, await this.agent.status())) return true;
      if (performance.now() - since > patienceMs) return false;
    }
  }

  /** What differs from the same act without a kill, when it does not go by itself. */
  private async difference(expected: readonly string[]): Promise<string[]> {
    for (const since = performance.now(); ; await pause(LOOK_MS)) {
      const difference = pictureChange(expected, await this.objects());
      if (difference.length === 0 || performance.now() - since > this.patienceMs) return difference;
    }
  }

  private objects(): Promise<string[]> {
    return doomedObjects(this.stage.host, this.agent);
  }

  private async pidOfSteady(): Promise<number | null | undefined> {
    return (await this.agent.status()).jails.find(({ id }) => id === steady.id)?.pid;
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

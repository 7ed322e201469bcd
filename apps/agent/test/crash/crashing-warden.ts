import { createHash, verify } from 'node:crypto';
import { canonicalJson } from '@cellblock/shared/canonical-json';
import type { CrashPoint } from '@cellblock/shared/crash-points';
import type { SpecObject } from '@cellblock/shared/host-spec';
import type { HostStatus } from '@cellblock/shared/host-status';
import type { Receipt } from '@cellblock/shared/receipt';
import { Stand } from '../stand.ts';
import { rawKey } from '../test-dashboard.ts';
import { CrashSwitch } from './crash-switch.ts';
import { disturb } from './disturb.ts';
import { kernelPicture, pictureDifference } from './kernel-picture.ts';
import type { Tally } from './tally.ts';
import { type ActName, afterAct, OTHER_ACTS, type OtherAct, SEGMENT, START, steady } from './warden-acts.ts';

/** requirement: whatever was killed, the state has converged this soon after the kill */
export const CONVERGES_MS = 10_000;
/** A machine that does much else at once is slow; it is given up after this. */
export const PATIENCE_MS = 60_000;

/** After these a tree runs, so that its keeper's end is no failure of its start. */
const KEPT_NO_MORE: ReadonlySet<CrashPoint> = new Set<CrashPoint>([
  'keeper reported',
  'keeper took a listener',
  'keeper kept what was written',
]);

const SIGHT = '00000009-0000-7000-8000-000000000001';

/** A host whose warden, `spawn` and `keeper` are a crash build, told what to be by a dashboard of the test's. */
export class CrashingWarden {
  readonly stand: Stand;
  readonly crash: CrashSwitch;
  private readonly programs: string;
  private readonly tally: Tally;
  wanted: SpecObject[] = START;
  private steadyPid: number | null = null;
  /** its keeper was killed: the jail goes on until it is stopped, and nobody can become its keeper meanwhile */
  private keeperless = false;
  private head = { seq: 0, hash: '0'.repeat(64) };
  /** what the kernel looks like after each act, as it is without a crash */
  private readonly pictures = new Map<ActName | OtherAct, string[]>();

  private constructor(stand: Stand, crash: CrashSwitch, programs: string, tally: Tally) {
    this.stand = stand;
    this.crash = crash;
    this.programs = programs;
    this.tally = tally;
  }

  /** `build`: what scripts/crash/main.ts printed */
  static async open(build: string, tally: Tally): Promise<CrashingWarden> {
    const crash = new CrashSwitch();
    const stand = await Stand.open({
      program: { main: `${build}/agent/warden.mjs`, env: { CELLBLOCK_CRASH: crash.directory } },
      bounds: `parents: [${SEGMENT}]\nhostSettings: [net.ipv4.ip_forward, net.ipv6.conf.all.forwarding]\n`,
    });
    const warden = new CrashingWarden(stand, crash, `${build}/agent/native/`, tally);
    await stand.inside(null, 'ip', 'link', 'add', SEGMENT, 'address', '02:77:00:00:ff:ff', 'type', 'bridge');
    await stand.inside(null, 'ip', 'link', 'set', SEGMENT, 'up');
    await stand.start();
    await stand.accept(START);
    const status = await warden.converged();
    warden.steadyPid = status.jails.find(({ id }) => id === steady.id)?.pid ?? null;
    // From now on there is a file of holds, with none in it.
    await warden.do('hold');
    return warden;
  }

  async close(): Promise<void> {
    this.crash.disarm();
    await this.stand.close();
    this.crash.remove();
  }

  /** Does the act without a crash; answers the points on its way, and remembers what it comes to. */
  async rehearse(act: ActName | OtherAct): Promise<CrashPoint[]> {
    this.crash.passed();
    await this.do(act);
    await this.converged();
    if (act === 'stop' || act === 'destroy') this.keeperless = false;
    if (!this.pictures.has(act)) this.pictures.set(act, await this.picture());
    await this.check(`${act}, without a crash`);
    return this.crash.passed().filter((point) => point.startsWith('warden'));
  }

  /** Does the act, and kills whoever passes the point first. False: nobody did. */
  async crashIn(act: ActName | OtherAct, point: CrashPoint): Promise<boolean> {
    const what = `${act}: ${point}`;
    this.crash.arm(point);
    const acknowledged = this.do(act).then(
      () => true,
      () => false,
    );
    const struck = await this.strikes(acknowledged);
    this.crash.disarm();
    if (struck && point.startsWith('warden')) {
      await this.stand.killed();
      await this.stand.start();
    }
    // Nobody was told that it is done: whoever wanted it says it again, and a dashboard at the same generation.
    if (!(await acknowledged)) await this.again(act);
    await this.converged();
    if (struck && KEPT_NO_MORE.has(point)) this.keeperless = true;
    if (act === 'stop' || act === 'destroy') this.keeperless = false;
    await this.looksAs(act, what);
    if (struck) {
      this.tally.crashed(point);
      this.tally.converged(Date.now() - this.crash.since, what);
    }
    await this.check(what);
    return struck;
  }

  private async do(act: ActName | OtherAct): Promise<unknown> {
    const { stand } = this;
    switch (act) {
      case 'connect':
        stand.hangUp();
        return await stand.dashboard();
      case 'account':
        return await (await stand.dashboard()).receipts.acknowledge.mutate({ seq: this.head.seq });
      case 'hold':
        return await stand
          .ask(async (agent) => {
            await agent.jail.hold.mutate({ jail: steady.id, reason: 'a test', by: 'root' });
            await agent.jail.unhold.mutate({ jail: steady.id });
          })
          .then(() => this.see());
      case 'repair':
        await stand.stop('SIGKILL');
        await disturb(stand);
        return await stand.start();
      default:
        return await this.tell(act);
    }
  }

  /** Lets a jail see one, and ends it. */
  private async see(): Promise<void> {
    const agent = await this.stand.dashboard();
    const until = new Date(Date.now() + 3_600_000).toISOString();
    await agent.sights.grant.mutate({ id: SIGHT, viewer: steady.id, target: steady.id, until });
    await agent.sights.revoke.mutate({ id: SIGHT });
  }

  private async again(act: ActName | OtherAct): Promise<void> {
    const { testDashboard } = this.stand;
    if (act === 'hold') {
      await this.stand.ask((agent) => agent.jail.unhold.mutate({ jail: steady.id }));
      await this.see();
    }
    // A dialer dials until it is let in; what it says then replaces the draft of its last number.
    if (act === 'connect') await this.stand.dashboard();
    if ((OTHER_ACTS as readonly string[]).includes(act)) return;
    testDashboard.generation -= 1;
    await this.stand.accept(this.wanted);
  }

  private async tell(act: ActName): Promise<void> {
    const before = this.wanted;
    this.wanted = afterAct(act, before);
    const { testDashboard } = this.stand;
    const agent = await this.stand.dashboard();
    // The second half of the acts comes as a difference, as most changes do.
    const answer = await (act === 'create' || act === 'destroy'
      ? testDashboard.put(agent, this.wanted)
      : testDashboard.putDifference(agent, before, this.wanted));
    if (answer.result !== 'accepted') throw new Error(JSON.stringify(answer));
  }

  /** Resolves when somebody was struck, or when all is done and nobody was. */
  private async strikes(acknowledged: Promise<boolean>): Promise<boolean> {
    const told = Promise.race([acknowledged, this.crash.whenStruck(PATIENCE_MS)]);
    if (!(await told) || this.crash.struck) return this.crash.whenStruck(1_000);
    const done = this.converged().catch(() => undefined);
    await Promise.race([done, this.crash.whenStruck(PATIENCE_MS)]);
    return this.crash.whenStruck(100);
  }

  /** However long it takes: what takes too long is judged by the tally. */
  private async converged(): Promise<HostStatus> {
    const { generation } = this.stand.testDashboard;
    return this.stand.until(
      'converged',
      (s) =>
        s.accepted === generation &&
        s.converged === generation &&
        s.problems.length === 0 &&
        this.wanted.every((object) => isSeen(object, s)),
      PATIENCE_MS,
    );
  }

  private picture(): Promise<string[]> {
    const { netns, instance, directory } = this.stand;
    return kernelPicture({ netns, instance, directory, programs: this.programs });
  }

  /** What is there is what is there without a crash: nothing is missing, nothing is left over. */
  private async looksAs(act: ActName | OtherAct, what: string): Promise<void> {
    const expected = this.pictures.get(act) ?? [];
    for (const since = Date.now(); ; ) {
      const difference = pictureDifference(expected, await this.picture()).filter(
        (line) => !(this.keeperless && line === '- process keeper'),
      );
      if (difference.length === 0) return;
      if (Date.now() - since < CONVERGES_MS) continue;
      for (const line of difference)
        (line.startsWith('+') ? this.tally.leftOver : this.tally.lost).push(`${what}: ${line}`);
      return;
    }
  }

  private async check(what: string): Promise<void> {
    const status = await this.stand.status();
    const jail = status.jails.find(({ id }) => id === steady.id);
    if (jail?.pid !== this.steadyPid || jail?.restarts !== 0)
      this.tally.restarted.push(`${what}: pid ${this.steadyPid} became ${jail?.pid}`);
    for (const { name, restarts } of status.jails)
      if (restarts !== 0) this.tally.restarted.push(`${what}: ${name} ${restarts} times`);
    await this.checkReceipts(what);
    const { counters } = this.stand.testDashboard;
    if (counters.some((counter, n) => n > 0 && counter <= (counters[n - 1] ?? 0)))
      this.tally.doubled.push(`${what}: a connection's number was used twice`);
  }

  /** One chain without a gap, and what was done is accounted for once. */
  private async checkReceipts(what: string): Promise<void> {
    const receipts = await this.stand.ask(async (agent) => {
      const all: Receipt[] = [];
      for (let seq = this.head.seq; ; ) {
        const some = await agent.receipts.after.query({ seq, limit: 500 });
        all.push(...some);
        if (some.length < 500) return all;
        seq = some.at(-1)?.body.seq ?? seq;
      }
    });
    const starts = new Set<string>();
    for (const { body, signature } of receipts) {
      const bytes = Buffer.from(canonicalJson(body));
      const key = rawKey(this.stand.testDashboard.agentKey);
      const signed = verify(null, bytes, key, Buffer.from(signature, 'base64'));
      if (body.seq !== this.head.seq + 1 || body.prev !== this.head.hash || !signed)
        this.tally.lost.push(`${what}: receipt ${body.seq} does not follow ${this.head.seq}`);
      this.head = { seq: body.seq, hash: createHash('sha256').update(bytes).digest('hex') };
      const started =
        body.step.kind === 'process.start' && body.result === 'done' && !wasRunning(body.before);
      if (!started) continue;
      if (starts.has(body.object)) this.tally.doubled.push(`${what}: ${body.object} was started twice`);
      starts.add(body.object);
    }
  }
}

/** A host may have nothing left to do while a jail waits for its next start: what is wanted must be what is seen. */
function isSeen(wanted: SpecObject, { jails, addresses }: HostStatus): boolean {
  if (wanted.kind === 'network') return true;
  if (wanted.kind === 'jail') return jails.find(({ id }) => id === wanted.id)?.state === wanted.wanted;
  return addresses.find(({ id }) => id === wanted.id)?.state === wanted.wanted;
}

function wasRunning(before: unknown): boolean {
  return (before as { running?: boolean } | null)?.running === true;
}

import { randomInt } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CrashPoint } from '@cellblock/shared/crash-points';
import { startTestCluster, TEMPLATE } from '../../../../scripts/test-database/cluster.ts';
import { callDashboard, dashboardAnswers } from '../../src/supervisor/dashboard-root.ts';
import { keepPostmaster } from '../../src/supervisor/database.ts';
import {
  connectionUrl,
  livingPostmaster,
  type PostgresCluster,
  withClient,
} from '../../src/supervisor/postgres-cluster.ts';
import { Stand } from '../stand.ts';
import { CrashSwitch } from './crash-switch.ts';
import { CONVERGES_MS, PATIENCE_MS } from './crashing-warden.ts';
import { GuestHost } from './guest-host.ts';
import { kernelPicture, pictureDifference } from './kernel-picture.ts';
import { SiteLedger } from './site-ledger.ts';
import { SitePart } from './site-part.ts';
import type { Tally } from './tally.ts';

const PORT = 7420;

export const SITE_ACTS = ['create', 'assign', 'move', 'stop', 'start', 'release', 'destroy'] as const;
export type SiteAct = (typeof SITE_ACTS)[number];

/** The acts that need this one: what is given is taken back, and there is a jail to act on. */
export function neededFor(act: SiteAct): readonly SiteAct[] {
  const groups: readonly (readonly SiteAct[])[] = [
    ['assign', 'move', 'release'],
    ['stop', 'start'],
  ];
  return groups.find((group) => group.includes(act)) ?? SITE_ACTS;
}

export type Victim = 'itself' | 'PostgreSQL';

type Seen = { seen: { pid: number | null; restarts: number } | null };

/** The whole of a site, every part a process of its own: PostgreSQL, dashboard, dialer and warden. */
export class CrashingSite {
  readonly stand: Stand;
  readonly crash: CrashSwitch;
  readonly ledger: SiteLedger;
  private readonly tally: Tally;
  private readonly programs: string;
  private readonly cluster: PostgresCluster;
  private readonly parts: { dashboard: SitePart; warden: SitePart; dialer: SitePart };
  private readonly ends: (() => Promise<unknown>)[] = [];
  private steady: Seen['seen'] = null;
  private beginning: string[] = [];
  private turn = 0;
  private guests = 0;
  private readonly build: string;

  private constructor(o: {
    stand: Stand;
    crash: CrashSwitch;
    cluster: PostgresCluster;
    database: string;
    build: string;
    tally: Tally;
  }) {
    const { stand, crash, cluster, build } = o;
    this.stand = stand;
    this.crash = crash;
    this.cluster = cluster;
    this.tally = o.tally;
    this.build = build;
    this.programs = `${build}/agent/native/`;
    this.ledger = new SiteLedger(connectionUrl(cluster.socketDirectory, 'cellblock', o.database));
    const env = { CELLBLOCK_DATA: stand.directory, CELLBLOCK_CRASH: crash.directory };
    const part = (file: string, more: Record<string, string> = {}) =>
      new SitePart(stand.netns, [join(build, file)], { ...env, ...more });
    this.parts = {
      dashboard: part('dashboard/dashboard.mjs', {
        CELLBLOCK_PORT: String(PORT),
        CELLBLOCK_API_ONLY: '1',
        DATABASE_URL: connectionUrl(cluster.socketDirectory, 'cellblock_app', o.database),
      }),
      warden: part('agent/warden.mjs'),
      dialer: part('agent/dialer.mjs'),
    };
  }

  /** `build`: what scripts/crash/main.ts printed */
  static async open(build: string, tally: Tally): Promise<CrashingSite> {
    // What was committed must outlive a killed postmaster; power cuts are no matter here.
    const { cluster, stop } = await startTestCluster({ synchronous_commit: 'on' });
    const database = `site_${randomInt(1e9)}`;
    const crash = new CrashSwitch();
    const stand = await Stand.open({
      bounds: 'hostSettings: [net.ipv4.ip_forward, net.ipv6.conf.all.forwarding]\n',
    });
    const site = new CrashingSite({ stand, crash, cluster, database, build, tally });
    site.ends.push(stop, () => stand.close());
    try {
      await withClient(connectionUrl(cluster.socketDirectory, 'postgres', 'postgres'), (client) =>
        client.query(`CREATE DATABASE ${database} TEMPLATE ${TEMPLATE} OWNER cellblock STRATEGY file_copy`),
      );
      await site.bringUp();
    } catch (error) {
      console.error(site.logs());
      await site.close();
      throw error;
    }
    return site;
  }

  private async bringUp(): Promise<void> {
    const postmaster = livingPostmaster(this.cluster.dataDirectory);
    if (!postmaster) throw new Error('no PostgreSQL');
    const kept = keepPostmaster(this.cluster, postmaster, () => undefined);
    this.ends.push(() => kept.stop());
    const { dashboard, warden, dialer } = this.parts;
    for (const part of [dashboard, warden, dialer]) this.ends.push(() => part.stop());
    await this.stand.inside(null, 'ip', 'link', 'set', 'lo', 'up');
    for (const directory of ['run/web', 'run/warden', 'web'])
      mkdirSync(join(this.stand.directory, directory), { recursive: true });
    dashboard.start();
    await this.until('the dashboard answers', () => dashboardAnswers(this.socket), PATIENCE_MS);
    const { token } = await this.ask<{ token: string }>('hosts.enroll', { local: true });
    writeFileSync(this.stand.paths.host, JSON.stringify({ dashboardUrl: `http://localhost:${PORT}`, token }));
    warden.start();
    dialer.start();
    await this.until(
      'the host is ready',
      async () => (await this.hosts())[0]?.state === 'ready',
      PATIENCE_MS,
    );
    await this.ask('networks.create', { name: 'lan', subnets: ['10.88.0.0/16'], nat: true });
    await this.ask('jails.create', { name: 'steady', addresses: ['10.88.0.5'] });
    await this.settled();
    this.steady = await this.seen('steady');
    this.beginning = await this.picture();
  }

  async close(): Promise<void> {
    this.crash.disarm();
    for (const end of this.ends.toReversed()) await end().catch((error) => console.error(error));
    this.crash.remove();
  }

  /** Does the act without a crash; answers the points that its processes passed. */
  async rehearse(act: SiteAct): Promise<CrashPoint[]> {
    this.crash.passed();
    if (act === 'create') this.turn += 1;
    await this.act(act);
    await this.settled();
    await this.check(act, `${act}, without a crash`);
    return this.crash.passed();
  }

  /**
   * Does the act, and ends whoever passes the point first; or stops that process there, ends PostgreSQL, and
   * lets it go on. False: nobody came by.
   */
  async crashIn(act: SiteAct, point: CrashPoint, victim: Victim = 'itself'): Promise<boolean> {
    const what = `${act}: ${point}${victim === 'itself' ? '' : `, ${victim} killed`}`;
    if (act === 'create') this.turn += 1;
    const wantedBefore = await this.ledger.intents(kindOf(act));
    this.crash.arm(point, { signal: victim === 'itself' ? 'KILL' : 'STOP' });
    const acknowledged = this.act(act).then(
      () => true,
      () => false,
    );
    const struck = await this.strikes(acknowledged);
    this.crash.disarm();
    if (struck && victim === 'PostgreSQL') await this.killDatabase();
    const told = await acknowledged;
    await this.until('the dashboard answers', () => dashboardAnswers(this.socket), PATIENCE_MS);
    const wanted = (await this.patiently(() => this.ledger.intents(kindOf(act)))) - wantedBefore;
    if (told && wanted === 0) this.tally.lost.push(`${what}: it was answered, and is not in the history`);
    if (wanted > 1) this.tally.doubled.push(`${what}: it is ${wanted} times in the history`);
    // Whoever got no answer, and finds nothing, asks again.
    if (wanted === 0) await this.act(act);
    await this.settled();
    if (struck) {
      this.tally.crashed(point);
      this.tally.converged(Date.now() - this.crash.since, what);
    }
    await this.check(act, what);
    return struck;
  }

  /** Enrols a further host, and kills whoever passes the point first. False: nobody did. */
  async crashInEnrolment(point: CrashPoint): Promise<boolean> {
    const what = `enrol: ${point}`;
    const name = `guest${++this.guests}`;
    const guest = new GuestHost({
      netns: this.stand.netns,
      build: this.build,
      crash: this.crash.directory,
    });
    try {
      this.crash.arm(point);
      const { token } = await this.patiently(() => this.ask<{ token: string }>('hosts.enroll', { name }));
      guest.start(`http://localhost:${PORT}`, token);
      const state = async () => (await this.hosts()).find((host) => host.name === name)?.state;
      await this.until(
        () => `${name} does not come\n${guest.log}`,
        async () => (await state()) !== undefined,
        PATIENCE_MS,
      );
      await this.patiently(async () => {
        if ((await state()) === 'waiting') await this.ask('hosts.approve', { host: name });
      });
      await this.until(
        () => `${name} is not admitted\n${guest.log}`,
        async () => (await state()) === 'ready' && guest.admitted,
        PATIENCE_MS,
      );
      const { struck } = this.crash;
      this.crash.disarm();
      if (struck) {
        this.tally.crashed(point);
        this.tally.converged(Date.now() - this.crash.since, what);
      }
      const ONCE = `SELECT h.name || ' came ' || (SELECT count(*) FROM audit_event e WHERE e.kind = 'host.enroll'
        AND e.phase = 'outcome' AND e.object_id = h.id::text) || ' times' AS what FROM host h WHERE h.name LIKE $1`;
      const came = await this.patiently(() => this.ledger.lines(ONCE, `${name}%`));
      if (came.join() !== `${name} came 1 times`) this.tally.doubled.push(`${what}: ${came.join(', ')}`);
      await this.patiently(() => this.ask('hosts.remove', { host: name }));
      return struck;
    } finally {
      await guest.remove();
    }
  }

  private async act(act: SiteAct): Promise<unknown> {
    const jail = `target${this.turn}`;
    const address = `10.88.${1 + Math.floor(this.turn / 200)}.${1 + (this.turn % 200)}`;
    switch (act) {
      case 'create':
        return await this.ask('jails.create', {
          name: jail,
          settings: { limits: { pids: 50 }, stopTimeoutMs: 2_000 },
        });
      case 'assign':
        return await this.ask('ips.assign', { jail, address });
      case 'move':
        return await this.ask('ips.move', { address, jail: 'steady' });
      case 'release':
        return await this.ask('ips.release', { address, jail: 'steady' });
      case 'destroy':
        return await this.ask('jails.destroy', { jail, purge: true });
      default:
        return await this.ask(`jails.${act}`, { jail });
    }
  }

  private async killDatabase(): Promise<void> {
    await this.until('it stands still', async () => this.parts.dashboard.stopped, 5_000);
    const postmaster = livingPostmaster(this.cluster.dataDirectory);
    if (postmaster) process.kill(postmaster.pid, 'SIGKILL');
    this.parts.dashboard.signal('SIGCONT');
  }

  private async strikes(acknowledged: Promise<boolean>): Promise<boolean> {
    await Promise.race([acknowledged, this.crash.whenStruck(PATIENCE_MS)]);
    if (this.crash.struck) return true;
    const done = this.settled().catch(() => undefined);
    await Promise.race([done, this.crash.whenStruck(PATIENCE_MS)]);
    return this.crash.struck;
  }

  private async check(act: SiteAct, what: string): Promise<void> {
    for (const line of await this.ledger.lost()) this.tally.lost.push(`${what}: ${line}`);
    for (const line of await this.ledger.doubled()) this.tally.doubled.push(`${what}: ${line}`);
    const seen = await this.seen('steady');
    if (seen?.pid !== this.steady?.pid || seen?.restarts !== 0)
      this.tally.restarted.push(`${what}: pid ${this.steady?.pid} became ${seen?.pid}`);
    if (act !== 'destroy') return;
    const since = Date.now();
    for (;;) {
      const difference = pictureDifference(this.beginning, await this.picture());
      if (difference.length === 0) return;
      if (Date.now() - since < CONVERGES_MS) continue;
      for (const line of difference) this.tally.leftOver.push(`${what}: ${line}`);
      return;
    }
  }

  private async settled(): Promise<void> {
    let open: string[] = [];
    await this.until(
      () => `nothing is open any more, but: ${open.join(', ')}`,
      async () => {
        open = await this.ledger.open();
        return open.length === 0;
      },
      PATIENCE_MS,
    );
  }

  /** Asks until there is an answer that says so; errors are no answer. */
  private async until(
    what: string | (() => string),
    reached: () => Promise<boolean>,
    ms: number,
  ): Promise<void> {
    const end = Date.now() + ms;
    while (!(await reached().catch(() => false))) {
      if (Date.now() > end) throw new Error(typeof what === 'string' ? what : what());
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  private async patiently<T>(ask: () => Promise<T>): Promise<T> {
    for (const end = Date.now() + PATIENCE_MS; ; ) {
      try {
        return await ask();
      } catch (error) {
        if (Date.now() > end) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  private get socket(): string {
    return join(this.stand.directory, 'run/web/root.sock');
  }

  ask<T>(procedure: string, input: unknown): Promise<T> {
    return callDashboard<T>(this.socket, 'mutation', procedure, input);
  }

  private hosts(): Promise<{ id: string; name: string; state: string }[]> {
    return callDashboard(this.socket, 'query', 'hosts.list');
  }

  private async seen(jail: string): Promise<Seen['seen']> {
    return (await this.patiently(() => callDashboard<Seen>(this.socket, 'query', 'jails.get', { jail })))
      .seen;
  }

  private picture(): Promise<string[]> {
    const { netns, instance, directory } = this.stand;
    return kernelPicture({ netns, instance, directory, programs: this.programs });
  }

  logs(): string {
    return Object.entries(this.parts)
      .map(([name, { log }]) => `── ${name}\n${log}`)
      .join('\n');
  }
}

function kindOf(act: SiteAct): string {
  const isAddress = ['assign', 'move', 'release'].includes(act);
  return `${isAddress ? 'ip' : 'jail'}.${act}`;
}

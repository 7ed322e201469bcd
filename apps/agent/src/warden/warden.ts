import type { Kernel } from '@cellblock/native/kernel';
import type { ProcessTrees } from '@cellblock/native/process-tree';
import type { AgentConnection } from '@cellblock/shared/agent-connection';
import { AppError } from '@cellblock/shared/app-error';
import type { DashboardAddress } from '@cellblock/shared/dialer-file';
import {
  type HostSpec,
  type JailSpec,
  jailsOf,
  type SpecPut,
  type SpecPutAnswer,
  specKey,
} from '@cellblock/shared/host-spec';
import type { HostState } from '@cellblock/shared/host-state';
import type { HostCheck, HostFacts, HostStatus, RefusedObject } from '@cellblock/shared/host-status';
import { nftTableName } from '@cellblock/shared/owned-names';
import type { XrayReport } from '@cellblock/shared/xray';
import { type AcceptedSpec, acceptSpec } from './accepted-spec.ts';
import { type AgentKey, loadAgentKey } from './agent-key.ts';
import { ALL_ANSWERS } from './answers/all-answers.ts';
import { AnswerRuns } from './answers/answer-runs.ts';
import { writeDefaultBounds } from './bounds-file.ts';
import { BoundsInForce } from './bounds-in-force.ts';
import { Changes } from './changes.ts';
import { ALL_CHECKS } from './checks/all-checks.ts';
import { runChecks } from './checks/host-check.ts';
import { EtcCopies } from './etc/etc-copies.ts';
import { ExecSessions } from './exec-sessions.ts';
import { bootId, readFacts } from './facts.ts';
import { type Hold, Holds } from './holds.ts';
import { readHostFile, updateHostFile } from './host-file.ts';
import { IdRanges } from './id-ranges.ts';
import { ImageOrders } from './images/image-orders.ts';
import { JailRecords } from './jail-records.ts';
import { JailUsage } from './jail-usage.ts';
import { Ledger } from './ledger.ts';
import { LeftoverStorage } from './leftover-storage.ts';
import { observeHost } from './observe/observe-host.ts';
import { jailPaths, wardenPaths } from './paths.ts';
import { Receipts } from './receipts.ts';
import { Reconciler, type Seen } from './reconciler.ts';
import { Sights } from './see/sights.ts';
import { Settled } from './settled.ts';
import { sweepStage } from './stage/sweep-stage.ts';
import { hostStatus } from './status.ts';
import { closeStorage } from './storage.ts';
import { takeSpec } from './take-spec.ts';
import { sweepThrowAways } from './throw-away/throw-away-jail.ts';
import { removeUnpinnedNames } from './unpinned-names.ts';
import type { WardenHost } from './warden-host.ts';
import { xrayJail } from './xray/xray-jail.ts';

const NOBODYS_HOST = '00000000-0000-0000-0000-000000000000';
const CHECKS_EVERY_MS = 60_000;
/** What systemd's service allows, less what the agent itself needs. */
const MACHINE_GOES_DOWN_MS = 60_000;

export interface WardenOptions {
  dataDirectory: string;
  kernel: Kernel;
  trees: ProcessTrees;
  keeper: { uid: number; gid: number };
  agentVersion: string;
  /** where ranges of host ids are claimed; the kernel's one place unless a test has its own */
  idRegistry?: string;
  now?: () => Date;
  /** which boot of the host this is; the kernel's answer unless a test has its own */
  bootId?: string;
}

/** The agent's root half: everything that its router can be asked for, and the loop that keeps the host so. */
export class Warden {
  readonly host: WardenHost;
  readonly key: AgentKey;
  readonly ledger: Ledger;
  readonly receipts: Receipts;
  readonly reconciler: Reconciler;
  readonly holds: Holds;
  readonly exec: ExecSessions;
  readonly answers: AnswerRuns;
  readonly sights: Sights;
  readonly images: ImageOrders;
  readonly changes = new Changes();
  readonly agentVersion: string;
  readonly bounds: BoundsInForce;
  facts: HostFacts;
  checks: HostCheck[] = [];
  private checkTimer: NodeJS.Timeout | null = null;
  private readonly usage: JailUsage;
  private readonly leftovers: LeftoverStorage;

  private constructor(parts: {
    host: WardenHost;
    key: AgentKey;
    ledger: Ledger;
    receipts: Receipts;
    settled: Settled;
    holds: Holds;
    bounds: BoundsInForce;
    sights: Sights;
    facts: HostFacts;
    agentVersion: string;
  }) {
    this.host = parts.host;
    this.key = parts.key;
    this.ledger = parts.ledger;
    this.receipts = parts.receipts;
    this.holds = parts.holds;
    this.bounds = parts.bounds;
    this.sights = parts.sights;
    this.facts = parts.facts;
    this.agentVersion = parts.agentVersion;
    this.usage = new JailUsage(parts.host);
    this.leftovers = new LeftoverStorage(parts.host, () => parts.ledger.spec);
    this.exec = new ExecSessions(parts.host.trees);
    this.answers = new AnswerRuns({
      host: parts.host,
      rows: () => ALL_ANSWERS,
      lab: () => this.bounds.bounds.lab,
    });
    this.images = new ImageOrders(
      parts.host,
      () => this.bounds.bounds,
      // A jail may wait for it.
      () => this.reconciler.wake({ changed: true }),
    );
    this.host.spec = () => this.reconciler.seen?.accepted.spec ?? this.ledger.spec ?? NOTHING;
    this.host.mayChange = () => this.bounds.bounds.hostSettings;
    this.host.mayShow = () => this.bounds.bounds;
    this.reconciler = new Reconciler({
      host: parts.host,
      accepted: () => this.accepted(),
      receipts: parts.receipts,
      settled: parts.settled,
      boundsHash: () => this.bounds.hash,
      changed: () => this.changes.tell(),
    });
  }

  static async open(options: WardenOptions): Promise<Warden> {
    const paths = wardenPaths(options.dataDirectory, options.idRegistry);
    const key = await loadAgentKey(options.dataDirectory);
    const ledger = await Ledger.open(paths.ledger);
    // Where a dashboard's word was taken already, bounds that are gone were root's: those would not be again.
    if (ledger.spec === null) await writeDefaultBounds(paths.bounds);
    const bounds = await BoundsInForce.open(paths.bounds);
    let hostId = (await readHostFile(paths.host))?.host?.id ?? NOBODYS_HOST;
    const receipts = await Receipts.open({
      directory: paths.receipts,
      host: () => hostId,
      sign: (message) => key.sign(message),
    });
    const host: WardenHost = {
      kernel: options.kernel,
      trees: options.trees,
      instance: key.instance,
      bootId: options.bootId ?? (await bootId()),
      paths,
      ids: new IdRanges({ registry: paths.ids }),
      records: new JailRecords(paths),
      etc: new EtcCopies(paths.agent),
      keeper: options.keeper,
      now: options.now ?? (() => new Date()),
      throwAway: new Set(),
      spec: () => ledger.spec ?? NOTHING,
      mayChange: () => [],
      mayShow: () => ({ viewPrefixes: [], devices: [] }),
    };
    const warden = new Warden({
      host,
      key,
      ledger,
      receipts,
      settled: await Settled.open(`${paths.ledger}/settled.json`, () => receipts.caughtUp()),
      holds: await Holds.open(paths.holds),
      bounds,
      sights: await Sights.open({
        host,
        path: paths.sights,
        // A jail that is to be destroyed is shown to nobody any more, and sees nobody.
        jail: (id) =>
          jailsOf(ledger.spec ?? NOTHING).find((jail) => jail.id === id && jail.wanted !== 'destroyed'),
      }),
      facts: await readFacts(factsOf(host, options.agentVersion)),
      agentVersion: options.agentVersion,
    });
    warden.enrolledAs = (id) => {
      hostId = id;
    };
    await closeStorage(host);
    await host.ids.sweep(key.instance);
    await removeUnpinnedNames(host);
    // The agent before this one may have been killed in the middle of a run. What cannot be removed, such as a
    // process that the kernel does not let go of, keeps no agent from starting.
    await sweepStage(host).catch((error) =>
      console.error('what is left of throw-away jails could not be removed:', error),
    );
    await sweepThrowAways(host);
    await warden.images.clear();
    return warden;
  }

  /** Which host of the dashboard this is, once that has said so; receipts carry it. */
  enrolledAs: (hostId: string) => void = () => undefined;

  /** how it stands with the dashboard; one connection at a time */
  connection: AgentConnection = { state: 'away', since: new Date().toISOString() };

  async start(): Promise<void> {
    await this.runChecks();
    this.checkTimer = setInterval(() => {
      void this.runChecks();
      void this.leftovers.sweep();
    }, CHECKS_EVERY_MS);
    this.checkTimer.unref();
    this.bounds.follow(() => {
      this.reconciler.wake({ changed: true });
      this.changes.tell();
    });
    await this.sights.start();
    this.reconciler.start();
    void this.leftovers.sweep().then(() => this.leftovers.check() && this.runChecks());
  }

  /** Jails go on. */
  async stop(): Promise<void> {
    if (this.checkTimer) clearInterval(this.checkTimer);
    this.bounds.close();
    await this.answers.stop('the agent stops');
    await this.sights.stop();
    await this.images.end();
    await this.reconciler.stop();
  }

  /** Where the dialer may dial, beside the dashboard that this host was enrolled at. */
  async knowDashboards(others: DashboardAddress[]): Promise<void> {
    await updateHostFile(this.host.paths.host, () => ({ others }));
  }

  /** The machine goes down: each jail is stopped as a person would stop it. Its `boot` decides at the next boot. */
  async stopWithMachine(): Promise<void> {
    await this.stop();
    await this.reconciler.endJails(MACHINE_GOES_DOWN_MS);
  }

  putSpec(put: SpecPut): Promise<SpecPutAnswer> {
    return takeSpec(this, put);
  }

  async state(): Promise<HostState> {
    return this.reconciler.seen?.state ?? observeHost(this.host);
  }

  async status(): Promise<HostStatus> {
    // Before the first pass there is nothing to show yet, and an empty report would read as an empty host.
    const early = this.reconciler.seen ? null : await this.lookEarly();
    const usage = await this.usage.of(this.reconciler.seen?.state ?? (await this.state()));
    // From here on nothing may wait: what was seen, what is unsure and what has converged belong together.
    const seen = this.reconciler.seen ?? early ?? (await this.lookEarly());
    return hostStatus({
      generation: this.ledger.spec?.generation ?? 0,
      converged: this.reconciler.converged,
      now: this.host.now(),
      facts: this.facts,
      checks: this.checks,
      bounds: this.bounds.bounds,
      accepted: seen.accepted,
      state: seen.state,
      underWay: this.reconciler.underWay,
      unsure: seen.unsure,
      problems: this.reconciler.problems,
      holds: this.holds.all(),
      usage,
      receipts: this.receipts.newest,
    });
  }

  private async lookEarly(): Promise<Seen> {
    // What is wanted is shown even while the bounds keep it from being made true.
    const accepted = (await this.accepted()) ?? { ...NOTHING_ACCEPTED, spec: this.ledger.spec ?? NOTHING };
    return { accepted, state: await observeHost(this.host), unsure: new Set() };
  }

  async runChecks(): Promise<HostCheck[]> {
    const table = nftTableName(this.host.instance);
    this.checks = await runChecks(ALL_CHECKS, {
      kernel: this.host.kernel,
      dataDirectory: this.host.paths.data,
      isOurTable: (name) => name === table,
    });
    for (const check of [this.bounds.check(), this.leftovers.check()]) if (check) this.checks.push(check);
    this.changes.tell();
    return this.checks;
  }

  /** A jail of the spec by its id or its name. */
  jail(idOrName: string): JailSpec {
    const spec = this.ledger.spec ?? NOTHING;
    // Whoever asks for one waits: no list of thousands of objects is made for it.
    for (const object of spec.objects.values())
      if (object.kind === 'jail' && (object.id === idOrName || object.name === idOrName)) return object;
    throw new AppError('not-found', `There is no jail ${idOrName} on this host.`, {
      field: 'jail',
      cause: `Its agent has ${jailsOf(spec).length} jails, and none has this name or id.`,
      fix: 'cellblock ls lists them; cellblock show says on which host another is.',
    });
  }

  /** What code in this jail could reach, seen from a twin of it; refused where the jail could not be started. */
  xray(jail: JailSpec): Promise<XrayReport> {
    return xrayJail(this.host, jail, () => this.refuseToRun(jail));
  }

  private async refuseToRun(jail: JailSpec): Promise<RefusedObject | null> {
    const objects = new Map((this.ledger.spec ?? NOTHING).objects);
    const key = specKey(jail);
    // It comes after those that run: there may be so many.
    if (jail.wanted !== 'running') objects.delete(key);
    objects.set(key, { ...jail, wanted: 'running' });
    const spec = { generation: this.ledger.spec?.generation ?? 0, objects };
    const others = this.holds.all().filter((hold) => hold.jail !== jail.id);
    const accepted = await this.accepted(spec, others);
    if (accepted) return accepted.refused.find((one) => one.key === key) ?? null;
    const lack = this.bounds.check();
    return {
      key,
      rule: 'bounds-unknown',
      message: `the bounds of this host are not known: ${lack?.evidence}`,
      fix: lack?.fix ?? 'Mend the file that it names: cellblock host check',
      cause: jail.cause,
    };
  }

  runDirectory(jail: JailSpec): string {
    return jailPaths(this.host.paths, jail.key).run;
  }

  private async accepted(
    spec = this.ledger.spec,
    holds: readonly Hold[] = this.holds.all(),
  ): Promise<AcceptedSpec | null> {
    if (!spec) return null;
    await this.bounds.read();
    if (!this.bounds.known) return null;
    this.facts = await readFacts(factsOf(this.host, this.agentVersion));
    return acceptSpec({
      spec,
      unreadable: this.ledger.unreadable,
      holds,
      bounds: this.bounds.bounds,
      facts: this.facts,
      dataDirectory: this.host.paths.data,
    });
  }
}

const NOTHING: HostSpec = { generation: 0, objects: new Map() };
const NOTHING_ACCEPTED: AcceptedSpec = { spec: NOTHING, frozen: new Set(), refused: [] };

function factsOf(host: WardenHost, agentVersion: string) {
  const ours = [`b${host.instance}`, `v${host.instance}`];
  return {
    kernel: host.kernel,
    instance: host.instance,
    agentVersion,
    data: host.paths.data,
    isOurs: (link: string) => ours.some((prefix) => link.startsWith(prefix)),
  };
}

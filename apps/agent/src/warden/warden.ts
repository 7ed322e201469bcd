import { type FSWatcher, watch } from 'node:fs';
import type { Kernel } from '@cellblock/native/kernel';
import type { ProcessTrees } from '@cellblock/native/process-tree';
import type { AgentConnection } from '@cellblock/shared/agent-connection';
import { AppError } from '@cellblock/shared/app-error';
import { Bounds } from '@cellblock/shared/bounds';
import type { DashboardAddress } from '@cellblock/shared/dialer-file';
import {
  type JailSpec,
  jailsOf,
  type SpecKey,
  SpecObject,
  type SpecPut,
  type SpecPutAnswer,
  specKey,
} from '@cellblock/shared/host-spec';
import type { HostState } from '@cellblock/shared/host-state';
import type { HostCheck, HostFacts, HostStatus, JailSeen } from '@cellblock/shared/host-status';
import { cgroupName, nftTableName } from '@cellblock/shared/owned-names';
import { type AcceptedSpec, acceptSpec } from './accepted-spec.ts';
import { addressSteps, specAround } from './address-change.ts';
import { type AgentKey, loadAgentKey } from './agent-key.ts';
import { type LoadedBounds, loadBounds, writeDefaultBounds } from './bounds-file.ts';
import { Changes } from './changes.ts';
import { ALL_CHECKS } from './checks/all-checks.ts';
import { runChecks } from './checks/host-check.ts';
import { EtcCopies } from './etc/etc-copies.ts';
import { ExecSessions } from './exec-sessions.ts';
import { bootId, readFacts } from './facts.ts';
import { Holds } from './holds.ts';
import { readHostFile, updateHostFile } from './host-file.ts';
import { IdRanges } from './id-ranges.ts';
import { JailRecords } from './jail-records.ts';
import { jailsTouched } from './jails-touched.ts';
import { Ledger } from './ledger.ts';
import { observeHost } from './observe/observe-host.ts';
import { jailPaths, wardenPaths } from './paths.ts';
import { Receipts } from './receipts.ts';
import { Reconciler, type Seen } from './reconciler.ts';
import { refuseMovedFacts } from './refuse-moved-facts.ts';
import { Settled } from './settled.ts';
import { hostStatus } from './status.ts';
import { closeStorage } from './storage.ts';
import { DEFAULT_ENVIRONMENT } from './tree-spec.ts';
import type { WardenHost } from './warden-host.ts';

const NOBODYS_HOST = '00000000-0000-0000-0000-000000000000';
const CHECKS_EVERY_MS = 60_000;
const USAGE_FOR_MS = 2_000;
const BOUNDS_SETTLE_MS = 100;
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
  readonly changes = new Changes();
  readonly agentVersion: string;
  private bounds: LoadedBounds;
  private boundsProblem: string | null = null;
  /** false: they could not be read since the agent started, so nothing is changed */
  private boundsKnown = true;
  private facts: HostFacts;
  checks: HostCheck[] = [];
  private checkTimer: NodeJS.Timeout | null = null;
  private boundsWatch: FSWatcher | null = null;
  private boundsTimer: NodeJS.Timeout | null = null;
  private usage = new Map<string, { at: number; usage: JailSeen['usage'] }>();

  private constructor(parts: {
    host: WardenHost;
    key: AgentKey;
    ledger: Ledger;
    receipts: Receipts;
    settled: Settled;
    holds: Holds;
    bounds: LoadedBounds;
    facts: HostFacts;
    agentVersion: string;
  }) {
    this.host = parts.host;
    this.key = parts.key;
    this.ledger = parts.ledger;
    this.receipts = parts.receipts;
    this.holds = parts.holds;
    this.bounds = parts.bounds;
    this.facts = parts.facts;
    this.agentVersion = parts.agentVersion;
    this.exec = new ExecSessions(parts.host.trees);
    this.host.spec = () => this.reconciler.seen?.accepted.spec ?? this.ledger.spec ?? NOTHING;
    this.host.mayChange = () => this.bounds.bounds.hostSettings;
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
    await writeDefaultBounds(paths.bounds);
    const { bounds, problem } = await firstBounds(paths.bounds);
    const ledger = await Ledger.open(paths.ledger);
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
      spec: () => ledger.spec ?? NOTHING,
      mayChange: () => [],
    };
    const warden = new Warden({
      host,
      key,
      ledger,
      receipts,
      settled: await Settled.open(`${paths.ledger}/settled.json`),
      holds: await Holds.open(paths.holds),
      bounds,
      facts: await readFacts(factsOf(host, options.agentVersion)),
      agentVersion: options.agentVersion,
    });
    warden.boundsProblem = problem;
    warden.boundsKnown = problem === null;
    warden.enrolledAs = (id) => {
      hostId = id;
    };
    await closeStorage(host);
    await host.ids.sweep(key.instance);
    return warden;
  }

  /** Which host of the dashboard this is, once that has said so; receipts carry it. */
  enrolledAs: (hostId: string) => void = () => undefined;

  /** how it stands with the dashboard; one connection at a time */
  connection: AgentConnection = { state: 'away', since: new Date().toISOString() };

  /** Everything of this instance is gone: whoever runs us ends us, and whatever comes next has a key of its own. */
  purged: () => void = () => undefined;

  async start(): Promise<void> {
    await this.runChecks();
    this.checkTimer = setInterval(() => void this.runChecks(), CHECKS_EVERY_MS);
    this.checkTimer.unref();
    this.followBounds();
    this.reconciler.start();
  }

  /** Jails go on. */
  async stop(): Promise<void> {
    if (this.checkTimer) clearInterval(this.checkTimer);
    this.boundsWatch?.close();
    if (this.boundsTimer) clearTimeout(this.boundsTimer);
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

  async putSpec(put: SpecPut): Promise<SpecPutAnswer> {
    const expected = await refuseMovedFacts(this.ledger, put, () => observeHost(this.host));
    if (expected) return expected;
    const before = this.ledger.spec;
    const answer = await this.ledger.put(put);
    if (answer.result === 'accepted') {
      globalThis.crashHere?.('warden accepted a spec');
      const jails = jailsTouched(before, this.ledger.spec, changedKeys(put));
      if (!jails || !this.hastened(jails)) {
        this.reconciler.wake({ changed: true, ...(jails ? { jails } : {}) });
      }
      this.changes.tell();
    }
    return answer;
  }

  /** A change that only gives or takes addresses is made at once; false: the next pass has to look first. */
  private hastened(jails: readonly string[]): boolean {
    const { spec, unreadable } = this.ledger;
    const seen = this.reconciler.seen;
    if (!spec || !seen || unreadable.length > 0 || seen.accepted.refused.length > 0) return false;
    if (!this.boundsKnown || this.holds.all().length > 0 || !this.reconciler.knows(jails)) return false;
    const around = specAround(spec, new Set(jails));
    const parts = { spec, around, state: seen.state, bounds: this.bounds.bounds, facts: this.facts };
    const steps = addressSteps(parts);
    if (!steps || steps.length === 0) return false;
    this.reconciler.apply(steps, { spec: around, frozen: new Set(), refused: [] });
    return true;
  }

  async state(): Promise<HostState> {
    return this.reconciler.seen?.state ?? observeHost(this.host);
  }

  async status(): Promise<HostStatus> {
    // Before the first pass there is nothing to show yet, and an empty report would read as an empty host.
    const early = this.reconciler.seen ? null : await this.lookEarly();
    const usage = await this.usageOf(this.reconciler.seen?.state ?? (await this.state()));
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
    if (this.boundsProblem !== null) {
      this.checks.push({
        id: 'bounds',
        title: 'Bounds file',
        verdict: 'lack',
        evidence: this.boundsProblem,
        lost: this.boundsKnown
          ? 'the bounds that were last read without an error stay in force'
          : 'nothing is changed on this host; what runs goes on',
      });
    }
    this.changes.tell();
    return this.checks;
  }

  /** A jail of the spec by its id or its name. */
  jail(idOrName: string): JailSpec {
    const jails = this.ledger.spec ? jailsOf(this.ledger.spec) : [];
    const jail = jails.find(({ id, name }) => id === idOrName || name === idOrName);
    if (!jail) {
      throw new AppError('not-found', `There is no jail ${idOrName} on this host.`, {
        field: 'jail',
        fix: 'cellblock ls',
      });
    }
    return jail;
  }

  runDirectory(jail: JailSpec): string {
    return jailPaths(this.host.paths, jail.key).run;
  }

  /** What the bounds say of exec and console holds for the dashboard; root is at the host anyway. */
  requireBound(what: 'exec' | 'console'): void {
    if (this.bounds.bounds[what]) return;
    throw new AppError('denied', `This host's bounds do not allow ${what} from the dashboard.`, {
      cause: `${what}: false in ${this.host.paths.bounds}`,
      fix: `On the host, as root: set ${what}: true there, or use cellblock ${what === 'exec' ? 'exec' : 'logs'} on the host.`,
    });
  }

  async openExec(
    jail: JailSpec,
    o: {
      command: string[];
      environment: Record<string, string>;
      uid: number;
      gid: number;
      tty: { rows: number; columns: number; term: string } | null;
    },
  ): Promise<string> {
    const process = (await this.state()).jails.find(({ key }) => key === jail.key)?.process;
    if (process?.state !== 'running') {
      throw new AppError('conflict', `Jail ${jail.name} does not run.`, {
        field: 'jail',
        fix: `cellblock start ${jail.name}`,
      });
    }
    const term: Record<string, string> = o.tty ? { TERM: o.tty.term } : {};
    return this.exec.open({
      runDirectory: this.runDirectory(jail),
      command: o.command,
      environment: { ...DEFAULT_ENVIRONMENT, ...jail.settings.environment, ...term, ...o.environment },
      uid: o.uid,
      gid: o.gid,
      tty: o.tty,
      cgroupProcsFiles: await this.host.kernel.cgroupProcsFiles({
        name: cgroupName(this.host.instance, jail.key),
      }),
    });
  }

  private async accepted(): Promise<AcceptedSpec | null> {
    const { spec } = this.ledger;
    if (!spec) return null;
    await this.readBounds();
    if (!this.boundsKnown) return null;
    this.facts = await readFacts(factsOf(this.host, this.agentVersion));
    return acceptSpec({
      spec,
      unreadable: this.ledger.unreadable,
      holds: this.holds.all(),
      bounds: this.bounds.bounds,
      facts: this.facts,
      dataDirectory: this.host.paths.data,
    });
  }

  /** What root has changed holds and is shown at once, also on a host that nothing was asked of yet. */
  private followBounds(): void {
    const read = async () => {
      await this.readBounds();
      this.reconciler.wake();
      this.changes.tell();
    };
    this.boundsWatch = watch(this.host.paths.bounds, () => {
      // An editor writes in several steps.
      if (this.boundsTimer) clearTimeout(this.boundsTimer);
      this.boundsTimer = setTimeout(() => void read(), BOUNDS_SETTLE_MS);
    });
    // Whoever removes the directory leaves the last bounds in force, and reading says so.
    this.boundsWatch.on('error', (error) => console.error('the bounds file is not followed:', error));
  }

  /** Root may edit the file at any moment; one that cannot be read changes nothing. */
  private async readBounds(): Promise<void> {
    try {
      this.bounds = await loadBounds(this.host.paths.bounds);
      this.boundsProblem = null;
      this.boundsKnown = true;
    } catch (error) {
      this.boundsProblem = error instanceof Error ? error.message : String(error);
    }
  }

  private async usageOf(state: HostState): Promise<Map<string, JailSeen['usage']>> {
    const now = this.host.now().getTime();
    const running = state.jails.filter(({ process }) => process?.state === 'running');
    const entries = await Promise.all(
      running.map(async ({ key }) => {
        const known = this.usage.get(key);
        if (known && now - known.at < USAGE_FOR_MS) return [key, known] as const;
        const group = await this.host.kernel
          .readCgroup({ name: cgroupName(this.host.instance, key) })
          .catch(() => null);
        const usage = group && {
          memoryBytes: group.usage.memoryBytes,
          cpuSeconds: group.usage.cpuSeconds,
          pids: group.usage.pids,
        };
        return [key, { at: now, usage }] as const;
      }),
    );
    this.usage = new Map(entries);
    return new Map(entries.map(([key, { usage }]) => [key, usage]));
  }
}

/** A host whose bounds are in doubt allows nothing, but it is there and says why. */
async function firstBounds(directory: string): Promise<{ bounds: LoadedBounds; problem: string | null }> {
  try {
    return { bounds: await loadBounds(directory), problem: null };
  } catch (error) {
    const bounds = Bounds.parse({ maxJails: 0, exec: false, console: false });
    return {
      bounds: { bounds, hash: '' },
      problem: error instanceof Error ? error.message : String(error),
    };
  }
}

/** null base: all of it is new. */
function changedKeys(put: SpecPut): SpecKey[] | undefined {
  if (put.base === null) return undefined;
  const named = put.changed.flatMap((value) => {
    const parsed = SpecObject.safeParse(value);
    return parsed.success ? [specKey(parsed.data)] : [];
  });
  return [...named, ...(put.removed as SpecKey[])];
}

const NOTHING = { generation: 0, objects: new Map() };
const NOTHING_ACCEPTED: AcceptedSpec = { spec: NOTHING, frozen: new Set(), refused: [] };

function factsOf(host: WardenHost, agentVersion: string) {
  const ours = [`b${host.instance}`, `v${host.instance}`];
  return {
    kernel: host.kernel,
    instance: host.instance,
    agentVersion,
    isOurs: (link: string) => ours.some((prefix) => link.startsWith(prefix)),
  };
}

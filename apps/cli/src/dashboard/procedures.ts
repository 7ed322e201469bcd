import type { AnswersInput } from '@cellblock/shared/answers/answer';
import type { AuditEventView } from '@cellblock/shared/audit-event';
import type { CliDocumentsApplied, CliDocumentsPlan, CliToken, CliUser } from '@cellblock/shared/cli-output';
import type { ApplyDocument, DocumentKind } from '@cellblock/shared/document';
import type { HostCheck } from '@cellblock/shared/host-status';
import type { HostImages, Image, ImageInUse, ImageProgress } from '@cellblock/shared/image';
import type { AssignIpInput, MoveIpInput, ReleaseIpInput } from '@cellblock/shared/ip-assignment';
import type {
  ConfigureJailInput,
  CreateJailInput,
  DestroyJailInput,
  JailActInput,
} from '@cellblock/shared/jail-input';
import type {
  CreateNetworkInput,
  CreatePoolInput,
  ReserveInput,
  UnreserveInput,
} from '@cellblock/shared/network-input';
import type { Receipt } from '@cellblock/shared/receipt';
import type { Role } from '@cellblock/shared/role';
import type { ViewProof } from '@cellblock/shared/view-proof';
import type { ViewEntry, ViewName } from '@cellblock/shared/view-tree';
import type { AddressAt, AddressView, AssignmentRecord } from '@cellblock/shared/views/address-view';
import type { AnswersView } from '@cellblock/shared/views/answers-view';
import type { DashboardSummary } from '@cellblock/shared/views/dashboard-view';
import type { EnrolmentMade } from '@cellblock/shared/views/enrolment-view';
import type { GrantView } from '@cellblock/shared/views/grant-view';
import type { HostSummary, HostView } from '@cellblock/shared/views/host-view';
import type { JailSummary, JailView } from '@cellblock/shared/views/jail-view';
import type { NetworkView, PoolView } from '@cellblock/shared/views/network-view';
import type { PlanView } from '@cellblock/shared/views/plan-view';
import type { TaskView } from '@cellblock/shared/views/task-view';
import type { XrayRun, XrayView } from '@cellblock/shared/views/xray-view';
import type * as z from 'zod';

/** A change that was recorded, or with dryRun what it would do. */
export type Change<T> = { task: TaskView | null; object: T } | { plan: PlanView };

interface Query<In, Out> {
  query(input: In): Promise<Out>;
}
interface Mutation<In, Out> {
  mutate(input: In): Promise<Out>;
}
interface Observer<Out> {
  onData(value: Out): void;
  onError(error: unknown): void;
  onComplete?(): void;
}
interface Subscription<In, Out> {
  subscribe(input: In, observer: Observer<Out>): { unsubscribe(): void };
}

export type ExecOutput =
  | { type: 'output'; stream: 'stdout' | 'stderr'; data: string }
  | ({ type: 'exit' } & SessionExit);
export interface SessionExit {
  code: number | null;
  signal: number | null;
  /** of a console whose jail runs on */
  lost?: 'keeper' | 'listeners' | 'terminal';
}
export interface ExecOpen {
  jail: string;
  command: string[];
  uid: number;
  tty: { columns: number; rows: number } | null;
}
export interface ConsoleOpen {
  jail: string;
  rows: number;
  columns: number;
}
/** The same calls at the dashboard and at the agent: `exec` and `console` work with either. */
export interface SessionCalls {
  execOutput: Subscription<{ session: string }, ExecOutput>;
  /** base64; null closes stdin */
  execInput: Mutation<{ session: string; data: string | null }, unknown>;
  execResize: Mutation<{ session: string; columns: number; rows: number }, unknown>;
  execKill: Mutation<{ session: string }, unknown>;
}
export interface ExecCalls extends SessionCalls {
  execOpen: Mutation<ExecOpen, { session: string }>;
}
export interface ConsoleCalls extends SessionCalls {
  consoleOpen: Mutation<ConsoleOpen, { session: string }>;
}

export interface AuditDetail {
  event: AuditEventView;
  outcomes: AuditEventView[];
  receipts: Receipt[];
  sameSession: AuditEventView[];
}

/**
 * The procedures that the CLI calls, in the shape of tRPC's client. Inputs and outputs are the schemas of
 * packages/shared: what the dashboard's router infers must fit (procedures.test.ts).
 */
export interface Dashboard {
  fleet: { dashboards: Query<void, DashboardSummary[]> };
  hosts: {
    list: Query<void, HostSummary[]>;
    get: Query<{ host: string }, HostView>;
    check: Mutation<{ host: string }, HostCheck[]>;
    approve: Mutation<{ host: string; fingerprint?: string }, unknown>;
    remove: Mutation<{ host: string }, unknown>;
    enroll: Mutation<{ name?: string }, EnrolmentMade>;
  };
  answers: {
    run: Mutation<AnswersInput & { host: string }, AnswersView>;
    show: Query<{ host: string }, AnswersView>;
  };
  images: {
    list: Query<{ host?: string }, HostImages[]>;
    get: Query<{ host?: string; network?: string; addresses?: string[]; image: string }, ImageInUse>;
    bootstrap: Mutation<
      { host?: string; distribution: string; include?: string[] },
      { host: string; order: string }
    >;
    pull: Mutation<{ host?: string; reference: string }, { host: string; order: string }>;
    upload: Mutation<{ host?: string; name: string }, { host: string; order: string }>;
    /** base64; empty: that was all */
    feed: Mutation<{ host: string; order: string; data: string }, unknown>;
    follow: Subscription<{ host: string; order: string }, ImageProgress>;
    remove: Mutation<{ host?: string; image: string }, Image>;
    verify: Mutation<{ host?: string; image: string }, { digest: string; whole: boolean; found: string }>;
  };
  networks: {
    list: Query<void, NetworkView[]>;
    get: Query<{ network: string }, NetworkView>;
    create: Mutation<CreateNetworkInput, Change<NetworkView>>;
    remove: Mutation<{ network: string; dryRun?: boolean }, Change<NetworkView>>;
  };
  pools: {
    list: Query<{ network?: string }, PoolView[]>;
    get: Query<{ pool: string }, PoolView>;
    create: Mutation<CreatePoolInput, PoolView>;
    remove: Mutation<{ pool: string }, unknown>;
    reserve: Mutation<z.input<typeof ReserveInput>, unknown>;
    unreserve: Mutation<z.input<typeof UnreserveInput>, unknown>;
  };
  jails: {
    list: Query<
      { q?: string; host?: string; includeDestroyed?: boolean },
      { jails: JailSummary[]; total: number }
    >;
    get: Query<{ jail: string }, JailView>;
    view: Query<{ jail: string }, { mounts: ViewEntry[]; names: ViewName[] }>;
    prove: Mutation<{ jail: string }, ViewProof>;
    create: Mutation<CreateJailInput, Change<JailView>>;
    start: Mutation<z.input<typeof JailActInput>, Change<JailView>>;
    stop: Mutation<z.input<typeof JailActInput>, Change<JailView>>;
    restart: Mutation<z.input<typeof JailActInput>, Change<JailView>>;
    restore: Mutation<z.input<typeof JailActInput>, Change<JailView>>;
    destroy: Mutation<z.input<typeof DestroyJailInput>, Change<JailView>>;
    configure: Mutation<z.input<typeof ConfigureJailInput>, Change<JailView>>;
    xray: Mutation<{ jail: string; against?: number }, XrayView>;
    xrayRuns: Query<{ jail: string }, XrayRun[]>;
    xrayShow: Query<{ jail: string; run?: number; against?: number }, XrayView>;
    logs: Subscription<
      { jail: string; tailLines?: number; follow?: boolean },
      { offset: number; text: string; dropped: number }
    >;
  } & ExecCalls &
    ConsoleCalls;
  grants: {
    list: Query<{ ended: boolean; jail?: string }, GrantView[]>;
    see: Mutation<{ viewer: string; target: string; seconds: number }, GrantView>;
    revoke: Mutation<{ viewer: string; target: string }, GrantView>;
  };
  ips: {
    assign: Mutation<AssignIpInput, Change<AddressView>>;
    release: Mutation<ReleaseIpInput, Change<AddressView>>;
    move: Mutation<MoveIpInput, Change<AddressView>>;
    show: Query<{ address: string }, AddressView>;
    history: Query<{ address: string; limit?: number }, AssignmentRecord[]>;
    at: Query<{ address: string; at: string }, AddressAt>;
  };
  audit: {
    search: Query<
      { q?: string; from?: string; to?: string; cursor?: string; limit?: number },
      { events: AuditEventView[]; next: string | null; from: string; to: string }
    >;
    show: Query<{ seq: number }, AuditDetail>;
  };
  tasks: {
    list: Query<{ state?: TaskView['state'] }, TaskView[]>;
    get: Query<{ task: string }, TaskView>;
    cancel: Mutation<{ task: string }, unknown>;
    wait: Query<{ task: string; timeoutMs: number }, TaskView>;
  };
  users: {
    list: Query<void, CliUser[]>;
    invite: Mutation<{ name: string; role: Role }, { link: string }>;
    role: Mutation<{ name: string; role: Role }, unknown>;
    remove: Mutation<{ name: string }, unknown>;
  };
  tokens: {
    list: Query<void, CliToken[]>;
    create: Mutation<{ name: string; role: Role; expiresAt: string }, { token: string }>;
    remove: Mutation<{ name: string }, unknown>;
  };
  documents: {
    show: Query<{ kind: DocumentKind; name: string }, ApplyDocument>;
    plan: Mutation<{ documents: unknown[] }, CliDocumentsPlan>;
    /** `apply` is a word that a tRPC router reserves for itself. */
    put: Mutation<{ documents: unknown[]; plan?: string }, CliDocumentsApplied>;
  };
}

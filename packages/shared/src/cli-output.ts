import * as z from 'zod';
import { AnswersRun } from './answers/answer.ts';
import { AuditEventView } from './audit-event.ts';
import { ApplyDocument, DocumentAct } from './document.ts';
import { HostCheck, JailSeen } from './host-status.ts';
import { HostImages, ImageInUse } from './image.ts';
import { Receipt } from './receipt.ts';
import { Role } from './role.ts';
import { AddressAt, AddressView, AssignmentRecord } from './views/address-view.ts';
import { EnrolmentMade } from './views/enrolment-view.ts';
import { GrantView } from './views/grant-view.ts';
import { HostSummary, HostView } from './views/host-view.ts';
import { JailState, type JailSummary } from './views/jail-view.ts';
import { NetworkView, PoolView } from './views/network-view.ts';
import { PlanView } from './views/plan-view.ts';
import { TaskView } from './views/task-view.ts';
import { XrayRun, XrayView } from './views/xray-view.ts';

/** A jail in `ls -o json`: what is wanted and what its host reports stand apart. */
export const CliJail = z.object({
  id: z.uuid(),
  name: z.string(),
  host: z.string(),
  wanted: z.object({
    state: z.enum(['running', 'stopped', 'destroyed']),
    addresses: z.array(z.string()),
  }),
  /** null: no host has reported it yet */
  seen: z
    .object({
      state: JailState,
      addresses: z.array(z.string()),
      startedAt: z.iso.datetime().nullable(),
      at: z.iso.datetime(),
    })
    .nullable(),
  converged: z.boolean(),
  problem: z.string().nullable(),
});
export type CliJail = z.infer<typeof CliJail>;

export function cliJail(jail: JailSummary): CliJail {
  const addresses = (wanted: boolean) =>
    jail.addresses
      .filter((held) =>
        wanted ? held.state === 'wanted' || held.state === 'assigned' : held.seenFrom !== null,
      )
      .map((held) => held.address);
  return {
    id: jail.id,
    name: jail.name,
    host: jail.host.name,
    wanted: { state: jail.wanted.state, addresses: addresses(true) },
    seen:
      jail.seenAt === null || jail.state === 'wanted'
        ? null
        : { state: jail.state, addresses: addresses(false), startedAt: jail.startedAt, at: jail.seenAt },
    converged: jail.converged,
    problem: jail.problem?.message ?? null,
  };
}

export const CliUser = z.object({
  name: z.string(),
  role: Role,
  twoFactor: z.boolean(),
  /** asked, and not come yet */
  invited: z.object({ by: z.string(), expiresAt: z.iso.datetime() }).nullable(),
});
export type CliUser = z.infer<typeof CliUser>;
export const CliToken = z.object({
  name: z.string(),
  role: Role,
  owner: z.string(),
  expiresAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
});
export type CliToken = z.infer<typeof CliToken>;

/** `plan FILE`, and `apply FILE --dry-run`. */
export const CliDocumentsPlan = z.object({
  hash: z.string(),
  documents: z.array(
    z.object({
      kind: z.enum(['Jail', 'Network', 'Pool']),
      name: z.string(),
      act: DocumentAct,
      /** one human line per thing that would be changed */
      changes: z.array(z.string()),
      plan: PlanView.nullable(),
    }),
  ),
});
export type CliDocumentsPlan = z.infer<typeof CliDocumentsPlan>;

/** `apply FILE`: the task of each document, null where nothing had to be done on a host. */
export const CliDocumentsApplied = z.object({
  documents: z.array(
    z.object({
      kind: z.enum(['Jail', 'Network', 'Pool']),
      name: z.string(),
      act: DocumentAct,
      task: TaskView.nullable(),
    }),
  ),
});
export type CliDocumentsApplied = z.infer<typeof CliDocumentsApplied>;

/** What a change prints with --no-wait: its task, which goes on. */
export const CliTask = TaskView;

/** What `-o json` prints, by verb. `-o yaml` prints the same. Only additions are made to these. */
export const CLI_OUTPUT = {
  ls: z.array(CliJail),
  show: ApplyDocument,
  /** with the dashboard off: what the agent on this host sees */
  'ls (agent)': z.array(JailSeen),
  'show (agent)': JailSeen,
  create: ApplyDocument,
  /** with and without --last */
  xray: XrayView,
  'grant ls': z.array(GrantView),
  'grant see': z.array(GrantView),
  'xray --runs': z.array(XrayRun),
  'host ls': z.array(HostSummary),
  'host show': HostView,
  'host check': z.array(HostCheck),
  answers: AnswersRun,
  'host enroll': EnrolmentMade,
  'image ls': z.array(HostImages),
  'image show': ImageInUse,
  'network ls': z.array(NetworkView),
  'network show': ApplyDocument,
  'pool ls': z.array(PoolView),
  'pool show': ApplyDocument,
  'ip assign': AddressView,
  'ip release': AddressView,
  'ip move': AddressView,
  'ip show': AddressView,
  'ip history': z.array(AssignmentRecord),
  'ip at': AddressAt,
  'audit search': z.object({ events: z.array(AuditEventView), from: z.string(), to: z.string() }),
  'audit show': z.object({
    event: AuditEventView,
    outcomes: z.array(AuditEventView),
    receipts: z.array(Receipt),
  }),
  'task ls': z.array(TaskView),
  'task show': TaskView,
  'user ls': z.array(CliUser),
  'user invite': z.object({ link: z.string() }),
  'token ls': z.array(CliToken),
  'token create': z.object({ token: z.string() }),
  plan: CliDocumentsPlan,
  apply: CliDocumentsApplied,
  /** any changing verb with --dry-run */
  'dry run': PlanView,
} as const satisfies Record<string, z.ZodType>;

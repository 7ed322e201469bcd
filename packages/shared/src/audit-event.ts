import * as z from 'zod';
import { Actor } from './actor.ts';

/** Verb and object in one word; the same word names the procedure, the event and the filter value. */
export const AuditKind = z.enum([
  'installation.claim',
  'session.sign-in',
  'session.sign-out',
  'user.invite',
  'user.accept',
  'user.role',
  'user.credential',
  'user.remove',
  'user.sign-out',
  'token.create',
  'token.remove',
  'host.enroll',
  'host.approve',
  'host.remove',
  'host.check',
  'answers.run',
  'answers.cancel',
  'network.create',
  'network.remove',
  'pool.create',
  'pool.remove',
  'pool.reserve',
  'pool.unreserve',
  'jail.create',
  'jail.configure',
  'jail.start',
  'jail.stop',
  'jail.restart',
  'jail.destroy',
  'jail.restore',
  'jail.exec',
  /** typed at its console */
  'jail.console',
  'jail.logs',
  'jail.signal',
  /** the kernel killed processes of it because its memory was full */
  'jail.oom',
  'jail.xray',
  'grant.see',
  'grant.revoke',
  'grant.expire',
  'jail.prove',
  /** looked at its files */
  'jail.files',
  'image.bootstrap',
  'image.pull',
  'image.upload',
  'image.verify',
  'image.remove',
  'ip.assign',
  'ip.release',
  'ip.move',
  /** only refused: what is applied is the events of the objects */
  'document.put',
  'task.cancel',
  'audit.export',
]);
export type AuditKind = z.infer<typeof AuditKind>;

export const AuditPhase = z.enum(['intent', 'outcome', 'refusal']);
export type AuditPhase = z.infer<typeof AuditPhase>;
/** applied, failed, refused by the host, overtaken before it was delivered, or nobody knows. */
export const AuditOutcome = z.enum(['applied', 'failed', 'refused', 'superseded', 'canceled', 'unknown']);
export type AuditOutcome = z.infer<typeof AuditOutcome>;

export const ObjectRef = z.object({
  type: z.enum([
    'installation',
    'user',
    'token',
    'host',
    'network',
    'pool',
    'jail',
    'address',
    'image',
    'task',
    'audit',
  ]),
  id: z.string(),
  name: z.string(),
});
export type ObjectRef = z.infer<typeof ObjectRef>;

/** One record of the history as it is shown. Masked fields hold `null` and are named in `masked`. */
export const AuditEventView = z.object({
  /** dense number that people use; null in the moment before the appender has given it */
  seq: z.int().nullable(),
  id: z.uuid(),
  at: z.iso.datetime(),
  kind: AuditKind,
  phase: AuditPhase,
  /** the intent that an outcome belongs to */
  intent: z.object({ id: z.uuid(), seq: z.int().nullable() }).nullable(),
  actor: Actor,
  object: ObjectRef,
  host: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  /** `mira assigned 10.0.0.5 to web1` */
  summary: z.string(),
  before: z.unknown(),
  after: z.unknown(),
  outcome: AuditOutcome.nullable(),
  /** newest outcome of an intent, for lists */
  latestOutcome: AuditOutcome.nullable(),
  reason: z.string().nullable(),
  sourceAddress: z.string().nullable(),
  sessionId: z.string().nullable(),
  /** password+totp, passkey, token, root */
  credential: z.string().nullable(),
  requestId: z.string().nullable(),
  task: z.string().nullable(),
  masked: z.array(z.string()),
});
export type AuditEventView = z.infer<typeof AuditEventView>;

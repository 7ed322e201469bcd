import * as z from 'zod';
import { Refusal } from '../app-error.ts';
import { AuditKind, ObjectRef } from '../audit-event.ts';
import { HostState } from './host-view.ts';

/** wanted: the host has not accepted it · accepted: it has, and works · then one of the ends */
export const TaskState = z.enum([
  'wanted',
  'accepted',
  'applied',
  'failed',
  'refused',
  'superseded',
  'canceled',
]);
export type TaskState = z.infer<typeof TaskState>;

export const TASK_FINAL: ReadonlySet<TaskState> = new Set([
  'applied',
  'failed',
  'refused',
  'superseded',
  'canceled',
]);

export const TaskStep = z.object({
  text: z.string(),
  result: z.enum(['done', 'failed', 'refused']),
  errno: z.string().nullable(),
  message: z.string().nullable(),
  at: z.iso.datetime(),
  durationMs: z.number(),
  receipt: z.int(),
});

/** One intent of one person. Its id is `T-` and a number. */
export const TaskView = z.object({
  id: z.string(),
  kind: AuditKind,
  object: ObjectRef,
  host: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  by: z.string(),
  state: TaskState,
  /** why it waits or what failed, with the fix */
  message: z.string().nullable(),
  refusal: Refusal.nullable(),
  /** the host that is silent, locked or not yet approved, and since when: why an open task does not move */
  waitsFor: z.object({ host: z.string(), state: HostState, since: z.iso.datetime().nullable() }).nullable(),
  steps: z.array(TaskStep),
  event: z.object({ id: z.uuid(), seq: z.int().nullable() }),
  createdAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
});
export type TaskView = z.infer<typeof TaskView>;

/** One task with what is known beside it: what is left to do, and what canceling it would do. */
export const TaskDetail = z.object({
  task: TaskView,
  /** what each of its hosts would still do for it, by its last report; empty once it has ended */
  left: z.array(
    z.object({
      host: z.string(),
      /** time of the report that this rests on; null: it never reported */
      asOf: z.iso.datetime().nullable(),
      steps: z.array(z.object({ kind: z.string(), text: z.string() })),
    }),
  ),
  cancel: z.discriminatedUnion('can', [
    /** what becomes of what is half done */
    z.object({ can: z.literal(true), text: z.string() }),
    z.object({ can: z.literal(false), reason: z.string(), fix: z.string().nullable() }),
  ]),
  /** a failed step that its host goes on trying by itself */
  retry: z.object({ attempts: z.int(), nextTryAt: z.iso.datetime().nullable() }).nullable(),
});
export type TaskDetail = z.infer<typeof TaskDetail>;

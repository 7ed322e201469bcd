import * as z from 'zod';
import { Refusal } from '../app-error.ts';
import { AuditKind, ObjectRef } from '../audit-event.ts';

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
  steps: z.array(TaskStep),
  event: z.object({ id: z.uuid(), seq: z.int().nullable() }),
  createdAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
});
export type TaskView = z.infer<typeof TaskView>;

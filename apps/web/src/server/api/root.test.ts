import { Permission } from '@cellblock/shared/role';
import { describe, expect, it } from 'vitest';
import { auditKindOf } from './audit-kind-of.ts';
import { appRouter } from './root.ts';
import type { ProcedureMeta } from './trpc.ts';

const procedures = Object.entries(appRouter._def.procedures) as unknown as [
  string,
  { _def: { type: string; meta?: ProcedureMeta } },
][];

/** Whoever has not signed in may call these and no others: adding one is a decision, made here. */
const PUBLIC = ['invites.accept', 'invites.show', 'session.me', 'setup.claim', 'setup.status'];

/** What people note for themselves alone, and what changes nothing of the fleet. */
const OWN_NOTES = ['notices.done'];

/** What asks or goes on, and pieces of an exec, whose opening is the event: a refusal of theirs is no act. */
const NO_ACT = [
  'documents.plan',
  'images.feed',
  'jails.execInput',
  'jails.execKill',
  'jails.execResize',
  ...OWN_NOTES,
];

describe('every procedure', () => {
  it.each(procedures.map(([path, { _def }]) => [path, _def.meta?.permission]))(
    '%s declares who may call it',
    (_, permission) => {
      expect([...Permission.options, 'public']).toContain(permission);
    },
  );

  it('is closed to strangers, but for set-up and sign-in', () => {
    const open = procedures
      .filter(([, { _def }]) => _def.meta?.permission === 'public')
      .map(([path]) => path);
    expect(open.sort()).toEqual(PUBLIC);
  });

  it('that changes something needs more than reading', () => {
    const weak = procedures.filter(
      ([, { _def }]) => _def.type === 'mutation' && _def.meta?.permission === 'read',
    );
    expect(weak.map(([path]) => path)).toEqual(OWN_NOTES);
  });

  it('that changes something has its word in the history, also when it is refused', () => {
    const mutations = procedures.filter(([, { _def }]) => _def.type === 'mutation').map(([path]) => path);
    expect(mutations.filter((path) => auditKindOf(path) === null).sort()).toEqual(NO_ACT.sort());
  });
});

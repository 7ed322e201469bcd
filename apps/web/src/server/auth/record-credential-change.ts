import type { Actor } from '@cellblock/shared/actor';
import { appendLeaves } from '../audit/append-leaves.ts';
import { newEventId } from '../audit/event-id.ts';
import { recordEvent } from '../audit/record-event.ts';
import { changeFleet } from '../change-fleet.ts';
import { notifyChanges } from '../fleet-topics.ts';
import type { SignInRequest } from './record-sign-in.ts';

/** What people change about how they sign in, by the sign-in library's paths. */
export const CREDENTIAL_CHANGES: Readonly<Record<string, string>> = {
  'change-password': 'a new password',
  'two-factor/enable': 'a second factor',
  'two-factor/disable': 'no second factor',
  'two-factor/generate-backup-codes': 'new backup codes',
  'passkey/verify-registration': 'one more passkey',
  'passkey/delete-passkey': 'one passkey less',
  'revoke-session': 'the end of another session',
  'revoke-other-sessions': 'the end of all other sessions',
};

/** Records what is about to be changed; call what comes back when it is known whether it was. */
export async function recordCredentialChange(
  request: SignInRequest,
  session: { id: string; credential: string; user: { id: string; username: string } },
  what: string,
): Promise<(done: boolean) => Promise<void>> {
  const { id, username } = session.user;
  const actor: Actor = { type: 'user', id, name: username };
  const ctx = { ...request, actor, role: null, session: { id: session.id, credential: session.credential } };
  const object = { type: 'user', id, name: username } as const;
  const change = await changeFleet(ctx, { kind: 'user.credential' }, async ({ event }) => ({
    object,
    host: null,
    summary: `asked for ${what}`,
    wants: [],
    topics: [],
    outcomeLater: true,
    show: async () => event,
  }));
  if (!('object' in change)) throw new Error('a change without dryRun came back as a plan');
  const intent = change.object;
  const sessions = async () =>
    (await request.db.session.findMany({ where: { userId: id }, select: { id: true } })).map((one) => one.id);
  const before = await sessions();
  return async (done) => {
    const left = new Set(await sessions());
    // Streams of a session that was ended end too.
    const ended = before.filter((one) => !left.has(one)).map((one) => `session/${one}`);
    await request.db.$transaction(async (tx) => {
      await recordEvent(tx, ctx, {
        id: newEventId(),
        kind: 'user.credential',
        phase: 'outcome',
        outcome: done ? 'applied' : 'refused',
        intent,
        object,
        host: null,
        summary: `${username} ${done ? 'got' : 'was refused'} ${what}`,
      });
      await notifyChanges(tx, ['audit', ...ended]);
    });
    await appendLeaves(request.db);
  };
}

import type { Actor } from '@cellblock/shared/actor';
import { AppError } from '@cellblock/shared/app-error';
import { changeFleet } from '../change-fleet.ts';
import type { Db } from '../db.ts';

export interface SignInRequest {
  db: Db;
  requestId: string;
  sourceAddress: string | null;
}

/**
 * Records a session that the library has just begun, and how. A session that cannot be recorded ends: nobody
 * acts who is not in the history.
 */
export async function recordSignIn(request: SignInRequest, token: string, credential: string): Promise<void> {
  const { db } = request;
  const session = await db.session.findUnique({ where: { token }, include: { user: true } });
  if (session === null)
    throw new AppError('internal', 'The session that was begun is not there.', {
      cause: 'It was ended between its beginning and its record.',
      fix: 'Sign in once more.',
    });
  try {
    const actor: Actor = { type: 'user', id: session.user.id, name: session.user.username };
    await changeFleet(
      { ...request, actor, role: null, session: { id: session.id, credential } },
      { kind: 'session.sign-in' },
      async ({ tx }) => {
        await tx.session.update({ where: { id: session.id }, data: { credential } });
        return {
          object: { type: 'user', id: session.user.id, name: session.user.username },
          host: null,
          summary: `signed in by ${credential}`,
          wants: [],
          topics: [],
          show: async () => null,
        };
      },
    );
  } catch (error) {
    await db.session.deleteMany({ where: { id: session.id } });
    throw error;
  }
}

/** Records the end of a session that its owner asked for. */
export async function recordSignOut(
  request: SignInRequest,
  session: { id: string; credential: string; user: { id: string; username: string } },
): Promise<void> {
  const actor: Actor = { type: 'user', id: session.user.id, name: session.user.username };
  await changeFleet(
    { ...request, actor, role: null, session: { id: session.id, credential: session.credential } },
    { kind: 'session.sign-out' },
    async () => ({
      object: { type: 'user', id: session.user.id, name: session.user.username },
      host: null,
      summary: 'signed out',
      wants: [],
      topics: [`session/${session.id}`],
      show: async () => null,
    }),
  );
}

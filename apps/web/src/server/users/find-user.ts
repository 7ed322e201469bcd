import { AppError } from '@cellblock/shared/app-error';
import type { Tx } from '../db.ts';

export async function findUser(tx: Tx, name: string) {
  const user = await tx.user.findUnique({ where: { username: name } });
  if (user !== null) return user;
  throw new AppError('not-found', `There is no user ${name}.`, {
    field: 'name',
    cause: 'Nobody who may sign in is called so.',
    fix: 'List them: cellblock user ls',
  });
}

/** Refuses what would leave nobody who can change anything. Stands others in line until the transaction ends. */
export async function keepAnAdministrator(tx: Tx, without: string): Promise<void> {
  await tx.$queryRaw`SELECT id FROM app_user WHERE role = 'admin' ORDER BY id FOR UPDATE`;
  const others = await tx.user.count({ where: { role: 'admin', id: { not: without } } });
  if (others > 0) return;
  throw new AppError('conflict', 'This is the last administrator.', {
    field: 'name',
    cause: 'Nobody could invite, approve or change roles afterwards.',
    fix: 'Make somebody else an administrator first: cellblock user role NAME admin',
  });
}

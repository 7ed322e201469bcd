import { randomUUID } from 'node:crypto';
import type { Role } from '@cellblock/shared/role';
import type { Tx } from '../db.ts';
import type { SignIn } from './sign-in.ts';

/**
 * The hash of a password, made by the sign-in library (scrypt). Takes some 100 ms: call it before a
 * transaction begins, not in it.
 */
export async function hashPassword(signIn: SignIn, password: string): Promise<string> {
  const library = await signIn.$context;
  return await library.password.hash(password);
}

/** Writes a person and the password that belongs to it, as the sign-in library reads them. */
export async function makeUser(
  tx: Tx,
  given: { id: string; name: string; role: Role; passwordHash: string },
): Promise<void> {
  const { id, name, role, passwordHash } = given;
  await tx.user.create({
    data: {
      id,
      name,
      username: name,
      displayUsername: name,
      // The library wants one; nothing is ever sent to it.
      email: `${name}@cellblock.invalid`,
      role,
    },
  });
  await tx.account.create({
    data: { id: randomUUID(), accountId: id, providerId: 'credential', userId: id, password: passwordHash },
  });
}

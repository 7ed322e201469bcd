import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { passkey } from '@better-auth/passkey';
import { Name } from '@cellblock/shared/name';
import { betterAuth } from 'better-auth';
import { prismaAdapter } from 'better-auth/adapters/prisma';
import { twoFactor, username } from 'better-auth/plugins';
import type { Db } from '../db.ts';
import { secretFile } from '../secret-file.ts';

export const PASSWORD_LENGTH = { min: 12, max: 256 };
const IDLE_SECONDS = 30 * 60;

/** The header in which our listener tells the library the caller's address; a caller's own is dropped. */
export const SOURCE_HEADER = 'x-cellblock-source';

/**
 * Sessions, password hashing, TOTP and passkeys are the library's; who may do what is ours. Nobody signs up:
 * people come by the set-up link or by an invite.
 */
export function openSignIn(options: {
  db: Db;
  url: string;
  secretsDirectory: string;
  installationName: string;
}) {
  const secret = secretFile(path.join(options.secretsDirectory, 'session.secret'), () =>
    randomBytes(48).toString('base64url'),
  );
  return betterAuth({
    appName: options.installationName,
    baseURL: options.url,
    basePath: '/api/auth',
    secret,
    database: prismaAdapter(options.db, { provider: 'postgresql' }),
    // The listener has already refused a foreign Origin or Host; the library checks once more against it.
    trustedOrigins: (request) => [options.url, request?.headers.get('origin') ?? options.url],
    telemetry: { enabled: false },
    logger: { level: 'error' },
    user: { additionalFields: { role: { type: 'string', required: true, input: false } } },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_LENGTH.min,
      maxPasswordLength: PASSWORD_LENGTH.max,
    },
    session: {
      expiresIn: IDLE_SECONDS,
      updateAge: 60,
      additionalFields: {
        credential: { type: 'string', required: false, input: false, defaultValue: 'password' },
      },
    },
    // Ours counts by account and by /64 as well: sign-in-limit.ts.
    rateLimit: { enabled: false },
    advanced: {
      ipAddress: { ipAddressHeaders: [SOURCE_HEADER] },
      useSecureCookies: false,
      defaultCookieAttributes: { secure: true, httpOnly: true, sameSite: 'lax', path: '/' },
      cookiePrefix: '__Host-cellblock',
    },
    plugins: [
      username({
        minUsernameLength: 1,
        maxUsernameLength: 63,
        usernameValidator: (name) => Name.safeParse(name).success,
      }),
      twoFactor({ issuer: `Cellblock ${options.installationName}` }),
      passkey({ rpName: `Cellblock ${options.installationName}`, rpID: new URL(options.url).hostname }),
    ],
  });
}

export type SignIn = ReturnType<typeof openSignIn>;

import { readFileSync, readlinkSync } from 'node:fs';

/** No login: what the kernel says when nobody signed in before this process (a boot script, a container). */
const UNSET = 4294967295;

/**
 * Headers of root's socket: who stands behind root, as far as this machine knows. The dashboard records
 * them and writes *unattributed* where they are empty.
 */
export function personBehindRoot(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const loginUid = readLoginUid();
  const person = (loginUid === null ? null : nameOf(loginUid)) ?? env.SUDO_USER ?? null;
  const headers: Record<string, string> = {};
  if (person !== null) headers['x-cellblock-person'] = headerText(person);
  if (loginUid !== null) headers['x-cellblock-login-uid'] = String(loginUid);
  if (env.SUDO_USER) headers['x-cellblock-sudo-user'] = headerText(env.SUDO_USER);
  const tty = controllingTerminal();
  if (tty !== null) headers['x-cellblock-tty'] = tty;
  return headers;
}

function readLoginUid(): number | null {
  try {
    const uid = Number(readFileSync('/proc/self/loginuid', 'utf8'));
    return uid === UNSET || !Number.isInteger(uid) ? null : uid;
  } catch {
    return null;
  }
}

function nameOf(uid: number): string | null {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.split(':')[2] === String(uid));
  return line?.split(':')[0] ?? null;
}

function controllingTerminal(): string | null {
  for (const fd of [0, 1, 2]) {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`);
      if (/^\/dev\/(pts\/\d+|tty\w*|console)$/.test(path)) return path.slice('/dev/'.length);
    } catch {
      // A closed descriptor says nothing about the others.
    }
  }
  return null;
}

/** A header carries ASCII: a name that is more than that is percent-encoded. */
const headerText = (text: string) => (/^[\x20-\x7e]+$/.test(text) ? text : encodeURIComponent(text));

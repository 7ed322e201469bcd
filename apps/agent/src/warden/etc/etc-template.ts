import { readFileSync } from 'node:fs';
import { cp, lstat, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Files of the host's /etc that programs below /usr need and that hold nothing of the host's own. */
const COPIED = [
  'alternatives',
  'bash.bashrc',
  'ca-certificates.conf',
  'debian_version',
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'localtime',
  'login.defs',
  'mime.types',
  'os-release',
  'perl',
  'profile',
  'protocols',
  'python3',
  'rpc',
  'services',
  'shells',
  'skel',
  'ssl/certs',
  'ssl/openssl.cnf',
  'terminfo',
  'timezone',
];

const NSSWITCH = `passwd: files
group: files
shadow: files
hosts: files dns
networks: files
protocols: files
services: files
`;

/** Accounts of a fresh Debian: the host's own people are nobody's business in a jail. */
const PASSWD = `root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
bin:x:2:2:bin:/bin:/usr/sbin/nologin
sys:x:3:3:sys:/dev:/usr/sbin/nologin
man:x:6:12:man:/var/cache/man:/usr/sbin/nologin
mail:x:8:8:mail:/var/mail:/usr/sbin/nologin
proxy:x:13:13:proxy:/bin:/usr/sbin/nologin
www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
backup:x:34:34:backup:/var/backups:/usr/sbin/nologin
_apt:x:42:65534::/nonexistent:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
`;

const GROUP = `root:x:0:
daemon:x:1:
bin:x:2:
sys:x:3:
adm:x:4:
tty:x:5:
disk:x:6:
mail:x:8:
man:x:12:
proxy:x:13:
shadow:x:42:
utmp:x:43:
staff:x:50:
www-data:x:33:
backup:x:34:
users:x:100:
nogroup:x:65534:
`;

const SHADOW = PASSWD.replace(/^([^:]+):.*$/gm, '$1:*:19000:0:99999:7:::');

/**
 * Fills an empty directory as the /etc of a jail on `host-usr`. Call it only before a jail has ever run on
 * it: afterwards names in it are the jail's, and writing through them would follow links that it made.
 */
export async function writeEtc(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o755 });
  for (const name of COPIED) await copyFromHost(name, directory);
  await writeFile(join(directory, 'nsswitch.conf'), NSSWITCH, { mode: 0o644 });
  await writeFile(join(directory, 'passwd'), PASSWD, { mode: 0o644 });
  await writeFile(join(directory, 'group'), GROUP, { mode: 0o644 });
  await writeFile(join(directory, 'shadow'), SHADOW, { mode: 0o640 });
}

/** Links are copied as links: what they point to lies below /usr, or is not there for the jail either. */
async function copyFromHost(name: string, directory: string): Promise<void> {
  const source = join('/etc', name);
  if ((await lstat(source).catch(() => null)) === null) return;
  const target = join(directory, name);
  await mkdir(dirname(target), { recursive: true, mode: 0o755 });
  await cp(source, target, { recursive: true, verbatimSymlinks: true, filter: readableByAll });
}

async function readableByAll(path: string): Promise<boolean> {
  const entry = await lstat(path);
  if (entry.isSymbolicLink()) return true;
  return (entry.isFile() || entry.isDirectory()) && (entry.mode & 0o004) !== 0;
}

/** Name servers of the host's real upstream: a stub on 127.0.0.53 answers nobody in a jail. */
export function upstreamNameServers(): string[] {
  for (const path of [
    '/etc/resolv.conf',
    '/run/systemd/resolve/resolv.conf',
    '/run/NetworkManager/resolv.conf',
  ]) {
    const servers = nameServers(textOf(path)).filter(
      (server) => !server.startsWith('127.') && server !== '::1',
    );
    if (servers.length > 0) return servers;
  }
  return [];
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

export function nameServers(resolvConf: string): string[] {
  return [...resolvConf.matchAll(/^nameserver\s+([0-9a-fA-F:.]+)/gm)].map((match) => match[1] ?? '');
}

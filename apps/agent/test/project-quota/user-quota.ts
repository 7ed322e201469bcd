import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { JailSpec } from '@cellblock/shared/host-spec';
import type { Stand } from '../stand.ts';
import type { UserFindings } from './findings.ts';

const MEBIBYTE = 1024 ** 2;
const [HELD, FREE] = [1000, 1001];
const LIMIT_KIB = 8 * 1024;
const WRITTEN = 16 * MEBIBYTE;

/** quotactl_fd(2) of a user: with LIMIT_KIB, sets that first; prints the bytes that are used. */
const QUOTA = `open my $at, '<', $ARGV[0] or die; my ($id, $kib) = @ARGV[1, 2];
  if ($kib) { my $set = pack 'Q8 L x4', $kib, 0, 0, 0, 0, 0, 0, 0, 1; syscall(443, fileno $at, 0x80000800, $id + 0, $set) == 0 or die "set: $!" }
  my $now = "\\0" x 72; syscall(443, fileno $at, 0x80000700, $id + 0, $now) == 0 or die "get: $!"; print((unpack 'Q8', $now)[2])`;

/** Writes until it has WRITTEN or is told to stop, and says with what that ended. */
const WRITE = `open my $file, '>', $ARGV[0] or die "open: $!"; my ($block, $written) = ("\\1" x 65536, 0);
  while ($written < ${WRITTEN}) { my $n = syswrite $file, $block; if (!defined $n) { print $!{EDQUOT} ? 'EDQUOT' : "$!"; exit } $written += $n }
  print 'done'`;

/**
 * Two users of a jail that runs, on a file system that counts what users have; one of them is held to 8 MiB, by the id that
 * it has inside. Then the same user of the same namespace by a way that is not idmapped.
 */
export async function userQuota(o: {
  stand: Stand;
  jail: JailSpec;
  pid: number;
  place: string;
}): Promise<UserFindings> {
  const { place, pid } = o;
  const run = async (program: string, ...args: string[]) => (await promisify(execFile)(program, args)).stdout;
  const quota = async (id: number, kib = 0) =>
    Number(await run('perl', '-e', QUOTA, place, String(id), String(kib)));
  const base = Number(readFileSync(`/proc/${pid}/uid_map`, 'utf8').trim().split(/\s+/)[1]);
  await inJail(o, 0, ['/bin/sh', '-c', 'mkdir /var/users && chmod 777 /var/users']);
  await quota(HELD, LIMIT_KIB);
  const write = (uid: number) => inJail(o, uid, ['/usr/bin/perl', '-e', WRITE, `/var/users/${uid}`]);
  const ends = { held: await write(HELD), free: await write(FREE) };
  const open = join(place, 'open');
  mkdirSync(open);
  chmodSync(open, 0o777);
  const inNamespace = ['--target', String(pid), '--user', '--setuid', String(HELD), '--setgid', String(HELD)];
  const translated = await run('nsenter', ...inNamespace, 'perl', '-e', WRITE, join(open, 'file'));
  await run('sync', '-f', place);
  const used = { held: await quota(HELD), free: await quota(FREE), translated: await quota(base + HELD) };
  await inJail(o, 0, ['/bin/rm', '-r', '/var/users']);
  await run('rm', '-r', open);
  return { ends: { ...ends, translated }, used };
}

/** What a program in the jail printed. */
async function inJail(o: { stand: Stand; jail: JailSpec }, uid: number, command: string[]): Promise<string> {
  const agent = await o.stand.dashboard();
  const asked = { jail: o.jail.id, command, environment: {}, uid, cause: null };
  const { session } = await agent.jail.execOpen.mutate(asked);
  return await new Promise<string>((resolve, reject) => {
    let text = '';
    agent.jail.execOutput.subscribe(
      { session },
      {
        onData: (piece) => {
          if (piece.type === 'exit') resolve(text);
          else text += Buffer.from(piece.data, 'base64').toString();
        },
        onError: reject,
      },
    );
  });
}

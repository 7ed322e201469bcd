import { execFile } from 'node:child_process';
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { HostStatus } from '@cellblock/shared/host-status';
import type { JailRoot } from '@cellblock/shared/jail-spec';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jailPaths } from '../src/warden/paths.ts';
import { refuseDirRoot } from '../src/warden/root/dir-root.ts';
import { jailSpec, keyOf } from './spec-builders.ts';
import { Stand } from './stand.ts';

const run = promisify(execFile);

let stand: Stand;
let prefix: string;
beforeAll(async () => {
  prefix = await mkdtemp(join(tmpdir(), 'cellblock-roots-'));
  stand = await Stand.open({ bounds: `rootPrefixes: [${prefix}]\n` });
  await stand.start();
});
afterAll(async () => {
  await stand.close();
  await rm(prefix, { recursive: true, force: true });
});

/** A root that holds nothing but one static shell. */
async function smallRoot(name: string): Promise<string> {
  const root = join(prefix, name);
  for (const part of ['bin', 'etc', 'proc', 'sys', 'dev', 'tmp', 'run', 'usr/bin']) {
    await mkdir(join(root, part), { recursive: true });
  }
  const libraries = (await run('ldd', ['/usr/bin/dash'])).stdout.match(/\/\S+/g) ?? [];
  for (const file of ['/usr/bin/dash', ...libraries]) {
    await mkdir(join(root, file, '..'), { recursive: true });
    await run('cp', ['-L', file, join(root, file)]);
  }
  return root;
}

function jail(n: number, root: JailRoot) {
  return jailSpec(n, {
    settings: {
      root,
      command: ['/usr/bin/dash', '-c', 'echo mine > /etc/mine; while :; do read x < /dev/null; done'],
      restart: 'no',
    },
  });
}

const runs = (name: string) => (status: HostStatus) =>
  status.jails.some((one) => one.name === name && one.state === 'running');

test('a directory becomes a jail’s root: uid N inside is uid N on disk, and it is never deleted by us', async () => {
  const path = await smallRoot('plain');
  const one = jail(1, { kind: 'dir', path });
  await stand.accept([one]);
  await stand.until('running', ({ jails }) => jails.some(({ state }) => state === 'running'));
  await expect.poll(() => readFile(join(path, 'etc/mine'), 'utf8').catch(() => '')).toBe('mine\n');
  expect((await stat(join(path, 'etc/mine'))).uid).toBe(0);
  await stand.accept([{ ...one, wanted: 'destroyed', purge: true }]);
  await stand.until('gone', ({ jails }) => jails[0]?.state === 'destroyed' && !jails[0].hasStorage);
  expect(await readFile(join(path, 'etc/mine'), 'utf8')).toBe('mine\n');
});

test('a directory on a file system that is read only is refused, unless it has the place that is covered', async () => {
  await chmod(prefix, 0o700);
  const path = await smallRoot('read-only');
  const rule = async () =>
    (await refuseDirRoot({ path, rootPrefixes: [prefix], dataDirectory: '/var/lib/cellblock' }))?.rule ??
    null;
  await run('mount', ['--bind', path, path]);
  try {
    expect(await rule()).toBeNull();
    await run('mount', ['-o', 'remount,bind,ro', path]);
    expect(await rule()).toBe('root-reserved');
    await run('mount', ['-o', 'remount,bind,rw', path]);
    await mkdir(join(path, '...'));
    await run('mount', ['-o', 'remount,bind,ro', path]);
    expect(await rule()).toBeNull();
  } finally {
    await run('umount', [path]);
  }
});

test('a directory below an open parent is refused, with the command that mends it; others go on', async () => {
  await chmod(prefix, 0o755);
  const path = await smallRoot('plain');
  const well = jailSpec(7);
  await stand.accept([jail(2, { kind: 'dir', path }), well]);
  const status = await stand.until(
    'refused',
    ({ refused, jails }) => refused.length > 0 && jails.some(({ state }) => state === 'running'),
  );
  expect(status.refused[0]).toMatchObject({ rule: 'root-open' });
  expect(status.refused[0]?.fix).toContain(`chmod 0700 ${prefix}`);
  await chmod(prefix, 0o700);
});

test('a tarball is unpacked with the jail’s own ids', async () => {
  const root = await smallRoot('packed');
  await writeFile(join(root, 'etc/theirs'), 'theirs');
  await chown(join(root, 'etc/theirs'), 1000, 1000);
  const tarball = join(prefix, 'root.tar.gz');
  await run('tar', ['--create', '--gzip', '--file', tarball, '-C', root, '.']);
  const three = jail(3, { kind: 'tar', path: tarball });
  await stand.accept([three]);
  await stand.until('running', runs('jail3'));
  const { storage } = jailPaths(stand.paths, three.key);
  expect((await stat(join(storage, 'root/etc/theirs'))).uid).toBe(1000);
  await expect.poll(() => readFile(join(storage, 'root/etc/mine'), 'utf8').catch(() => '')).toBe('mine\n');
  expect(await readdir(storage)).toEqual(['root']);
});

test('hostile names in a tarball reach nothing of the host', async () => {
  const root = await smallRoot('bait');
  const canary = join(prefix, 'canary');
  await writeFile(canary, 'untouched');
  await symlink('/', join(root, 'out'));
  const tarball = join(prefix, 'hostile.tar');
  await run('sh', [
    '-c',
    `tar --create --file ${tarball} -C ${root} .; echo owned > ${prefix}/evil; chmod 4755 ${prefix}/evil
     for name in 'out${canary}' '../../../../../../../..${canary}' '${canary}'; do
       tar -P --append --file ${tarball} --transform "s,.*evil,$name," ${prefix}/evil
     done`,
  ]);
  await stand.accept([jail(6, { kind: 'tar', path: tarball })]);
  await stand.until('refused', ({ problems }) => problems.some(({ step }) => step === 'start jail jail6'));
  expect(await readFile(canary, 'utf8')).toBe('untouched');
  expect(await readdir(jailPaths(stand.paths, keyOf(6, 8)).storage)).not.toContain('root');

  // Control: the same archive, unpacked by root on the host, overwrites the canary.
  await mkdir(join(prefix, 'naive'));
  await run('tar', ['-P', '--extract', '--file', tarball, '-C', join(prefix, 'naive')]).catch(
    () => undefined,
  );
  expect(await readFile(canary, 'utf8')).toBe('owned\n');
});

test('a tarball that is not there, or is a link, is a problem that says what to do', async () => {
  await symlink(join(prefix, 'canary'), join(prefix, 'link.tar'));
  await stand.accept([jail(4, { kind: 'tar', path: join(prefix, 'link.tar') })]);
  const status = await stand.until('problem', ({ problems }) =>
    problems.some(({ step }) => step === 'start jail jail4'),
  );
  expect(status.problems[0]).toMatchObject({ code: 'ELOOP' });
  expect(status.problems[0]?.message).toContain('name the file itself');
});

test('files that a jail makes setuid help nobody on the host: closed above, and nosuid below', async () => {
  const five = jailSpec(5, {
    settings: {
      command: ['/bin/sh', '-c', 'cp /usr/bin/id /root/id; chmod 4755 /root/id; chmod 755 /root; sleep 1000'],
      restart: 'no',
    },
  });
  await stand.accept([five]);
  await stand.until('running', ({ jails }) =>
    jails.some(({ name, state }) => name === 'jail5' && state === 'running'),
  );
  const { storage } = jailPaths(stand.paths, five.key);
  const suid = join(storage, 'root/id');
  await expect.poll(async () => ((await stat(suid).catch(() => null))?.mode ?? 0) & 0o4000).toBe(0o4000);
  const asNobody = (path: string) =>
    // Two executions: the first still has root's capabilities when it looks up the path.
    run('setpriv', ['--reuid=65534', '--regid=65534', '--clear-groups', 'sh', '-c', `exec ${path}`]).then(
      ({ stdout }) => stdout,
      (error: { code: unknown }) => String(error.code),
    );
  expect(await asNobody(suid)).toBe('126');
  // The second barrier alone: reached by a path that is open, its setuid bit is not honoured.
  const open = await mkdtemp(join(tmpdir(), 'cellblock-open-'));
  await chmod(open, 0o755);
  try {
    await run('mount', ['--bind', join(storage, 'root'), open]);
    expect(await asNobody(join(open, 'id'))).not.toContain('euid=0');
    // Control: without either barrier the same file gives root.
    await run('mount', ['-o', 'remount,bind,suid', open]);
    expect(await asNobody(join(open, 'id'))).toContain('euid=0');
  } finally {
    await run('umount', [open]).catch(() => undefined);
    await rm(open, { recursive: true });
  }
});

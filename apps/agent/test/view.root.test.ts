import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { HostStatus } from '@cellblock/shared/host-status';
import { ViewMount } from '@cellblock/shared/view-mount';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jailSpec } from './spec-builders.ts';
import { Stand } from './stand.ts';

const run = promisify(execFile);

let stand: Stand;
let shown: string;
beforeAll(async () => {
  shown = await mkdtemp(join(tmpdir(), 'cellblock-shown-'));
  for (const each of ['www', 'closed/data']) await mkdir(join(shown, each), { recursive: true });
  await chmod(shown, 0o755);
  await chmod(join(shown, 'closed'), 0o700);
  stand = await Stand.open({
    bounds: `viewPrefixes: [{ path: ${shown}, writable: true }, { path: /usr }]\n`,
  });
  await stand.start();
});
afterAll(async () => {
  await stand.close();
  await rm(shown, { recursive: true, force: true });
});

const runs = (name: string) => (status: HostStatus) =>
  status.jails.some((one) => one.name === name && one.state === 'running');

async function proof(jail: string) {
  const agent = await stand.dashboard();
  const { proof } = await agent.jail.view.query({ jail, prove: true });
  if (!proof) throw new Error('no proof');
  const odd = proof.rows.filter(({ verdict }) => verdict !== 'same');
  return { ...proof, odd: odd.map(({ path, verdict, difference }) => `${path} ${verdict}: ${difference}`) };
}

test('a jail sees what is declared and nothing else; what is mounted besides is found', async () => {
  const plain = jailSpec(1, { settings: { restart: 'no' } });
  await stand.accept([plain]);
  await stand.until('running', runs(plain.name));
  const before = await proof(plain.name);
  expect(before.odd).toEqual([]);
  expect(before.holds).toBe(true);
  expect(before.rows.length).toBeGreaterThan(15);

  const into = ['-t', String(before.pid), '-m', '--'];
  await run('nsenter', [...into, 'mount', '-t', 'tmpfs', 'more', '/tmp']);
  // What is read only cannot be made writable, not even from outside; less than declared can be had.
  await expect(run('nsenter', [...into, 'mount', '-o', 'remount,bind,rw', '/usr'])).rejects.toThrow('denied');
  await run('nsenter', [...into, 'mount', '-o', 'remount,bind,nodev,noexec', '/home']);
  const after = await proof(plain.name);
  expect(after.holds).toBe(false);
  expect(after.odd).toEqual([
    '/home differs: flags: nodev,noexec instead of nodev',
    '/tmp undeclared: it is mounted, and nothing declares it',
  ]);
});

test('files are looked at by a process of the jail: nothing is followed, opened or believed', async () => {
  const script = [
    'cd /home; mkdir -p deep/er; echo "text of the jail" > plain; ln -s /etc/passwd link; mkfifo pipe',
    'touch "$(printf \'line\\nend\\033[31m\')" "$(printf \'\\377\')"; chown 33:44 plain; chmod 4755 plain',
    'head -c 1200000 /dev/zero | tr "\\0" x > long; head -c 10 /dev/zero > binary',
    'head -c 1048576 long > most; mkdir links; cd links; far=$(printf "%4000s" | tr " " x)',
    'for i in $(seq 300); do ln -s $far $i; done; cd ..',
    'mkdir many; cd many; for i in $(seq 2100); do : > $i; done; echo ready; while :; do sleep 1; done',
  ].join('\n');
  const jail = jailSpec(2, { settings: { command: ['/bin/sh', '-c', script], restart: 'no' } });
  await stand.accept([jailSpec(1, { settings: { restart: 'no' } }), jail]);
  await stand.until('running', runs(jail.name));
  const agent = await stand.dashboard();
  const files = (path: string) => agent.jail.files.mutate({ jail: jail.name, path });
  const text = (path: string) => agent.jail.fileText.mutate({ jail: jail.name, path });
  await expect
    .poll(async () => (await files('/home/many').catch(() => null))?.more, { timeout: 120_000 })
    .toBe(true);
  expect((await files('/home/many')).entries).toHaveLength(2000);

  // Nor is a list longer than a file: these names lead far.
  const links = await files('/home/links');
  expect(links.more).toBe(true);
  expect(links.entries.length).toBeGreaterThan(200);
  expect(links.entries.length).toBeLessThan(300);

  const { entries, more } = await files('/home');
  expect(more).toBe(false);
  const found = Object.fromEntries(entries.map((each) => [each.name, each]));
  expect(found.plain).toMatchObject({
    kind: 'file',
    mode: '4755',
    uid: 33,
    gid: 44,
    size: 17,
    path: '/home/plain',
  });
  expect(found.link).toMatchObject({ kind: 'link', target: '/etc/passwd' });
  expect(found.pipe).toMatchObject({ kind: 'pipe' });
  expect(found['line\\u{a}end\\u{1b}[31m']).toMatchObject({
    kind: 'file',
    path: '/home/line\nend\u001b[31m',
  });
  expect(found['\\xff']).toMatchObject({ kind: 'file', path: null });
  expect(entries[0]).toMatchObject({ name: 'deep', kind: 'directory' });

  expect(await text('/home/plain')).toEqual({
    path: '/home/plain',
    text: 'text of the jail\n',
    bytes: 17,
    more: false,
  });
  expect(await text('/home/long')).toMatchObject({ bytes: 1_048_576, more: true });
  expect(await text('/home/binary')).toMatchObject({ text: null, bytes: 10 });
  for (const path of ['/home/pipe', '/dev/null'])
    await expect(text(path)).rejects.toThrow('cannot be looked at');
  for (const path of ['/home/link', '/home/none', '/home/plain/x', '/proc/self/root/etc/passwd', '/bin/sh'])
    await expect(text(path)).rejects.toThrow('cannot be looked at');
  await expect(files('/home/plain')).rejects.toThrow('cannot be looked at');

  // Handed over whole, or not at all.
  const bytes = async (path: string) =>
    Buffer.from((await agent.jail.fileBytes.mutate({ jail: jail.name, path })).data, 'base64');
  expect((await bytes('/home/plain')).toString()).toBe('text of the jail\n');
  expect(await bytes('/home/binary')).toEqual(Buffer.alloc(10));
  expect((await bytes('/home/most')).equals(Buffer.alloc(1_048_576, 'x'))).toBe(true);
  await expect(bytes('/home/long')).rejects.toThrow('longer than 1 MiB');
  for (const path of ['/home/link', '/home/pipe', '/dev/null', '/proc/self/root/etc/passwd', '/home/deep'])
    await expect(bytes(path)).rejects.toThrow('cannot be looked at');
}, 180_000);

test('a directory that is open to the host’s users is not given to be written, and is once it is closed', async () => {
  const open = join(shown, 'open');
  await mkdir(open, { recursive: true });
  const view = [ViewMount.parse({ kind: 'bind', source: open, target: '/data', readOnly: false })];
  const command = ['/bin/sh', '-c', 'echo in > /data/mine; while :; do sleep 1; done'];
  const jail = jailSpec(4, { settings: { view, command, restart: 'no' } });
  await stand.accept([jail]);
  const { refused } = await stand.until('refused', (status) => status.refused.length > 0);
  expect(refused).toMatchObject([
    { key: `jail/${jail.id}`, rule: 'view-open', fix: expect.stringContaining('chmod 0700') },
  ]);
  await chmod(shown, 0o700);
  try {
    await stand.accept([{ ...jail, startNumber: 2 }]);
    await stand.until('running', runs(jail.name));
    await expect.poll(() => readFile(join(open, 'mine'), 'utf8').catch(() => '')).toBe('in\n');
    expect((await stat(join(open, 'mine'))).uid).toBe(0);
  } finally {
    await chmod(shown, 0o755);
  }
}, 180_000);

test('every kind of mount on a root that is a view alone is as declared', async () => {
  const passed = join(shown, 'passed');
  await mkdir(join(passed, 'on'), { recursive: true });
  await run('mount', ['-t', 'tmpfs', 'passed', passed]);
  try {
    await run('mount', ['--make-shared', passed]);
    await mkdir(join(passed, 'on/below'), { recursive: true });
    const view = [
      { kind: 'bind', source: '/usr', target: '/usr' },
      { kind: 'bind', source: '/usr/lib', target: '/lib' },
      { kind: 'bind', source: '/usr/lib64', target: '/lib64' },
      { kind: 'bind', source: join(shown, 'www'), target: '/srv/www' },
      { kind: 'bind', source: join(shown, 'closed/data'), target: '/srv/own', readOnly: false, noexec: true },
      { kind: 'bind', source: join(passed, 'on'), target: '/slave', propagation: 'slave' },
      { kind: 'bind', source: join(passed, 'on'), target: '/shared', propagation: 'shared' },
      { kind: 'overlay', lower: [join(shown, 'www'), join(shown, 'closed/data')], target: '/over' },
      { kind: 'tmpfs', target: '/scratch', size: 65_536, inodes: 10 },
      { kind: 'devpts', target: '/terminals' },
      { kind: 'proc', target: '/processes' },
      { kind: 'sysfs', target: '/sys' },
      { kind: 'mqueue', target: '/queues' },
      { kind: 'mask', target: '/srv/own/hidden' },
    ].map((mount) => ViewMount.parse(mount));
    await mkdir(join(shown, 'closed/data/hidden'), { recursive: true });
    const command = ['/usr/bin/sh', '-c', 'trap exit TERM; sleep 1000 & wait'];
    const jail = jailSpec(3, { settings: { restart: 'no', root: { kind: 'view' }, view, command } });
    await stand.accept([jail]);
    await stand.until('running', runs(jail.name));
    const found = await proof(jail.name);
    expect(found.odd).toEqual([]);
    expect(found.holds).toBe(true);
    await run('mount', ['-t', 'tmpfs', 'later', join(passed, 'on/below')]);
    const passedOn = (await proof(jail.name)).rows.filter(({ verdict }) => verdict === 'own');
    expect(passedOn.map(({ path }) => path)).toEqual(['/shared/below', '/slave/below']);
  } finally {
    await run('umount', ['-R', passed]);
  }
});

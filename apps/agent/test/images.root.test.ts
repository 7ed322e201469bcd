import { execFile } from 'node:child_process';
import {
  chown,
  copyFile,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  statfs,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Image } from '@cellblock/shared/image';
import { cgroupParent, netnsDirectory } from '@cellblock/shared/owned-names';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jailPaths } from '../src/warden/paths.ts';
import { LocalRegistry } from './local-registry.ts';
import { writeOciLayout } from './oci-layout.ts';
import { failureOf, madeOf, orderImage } from './order-image.ts';
import { jailSpec } from './spec-builders.ts';
import { Stand, WARDEN_MAIN } from './stand.ts';
import { WayOut } from './way-out.ts';

const run = promisify(execFile);
const SLOW = 240_000;

let stand: Stand;
let scratch: string;
let way: WayOut;
let registry: LocalRegistry;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'cellblock-images-'));
  stand = await Stand.open({
    bounds: `imageSources: [debian, upload, 'localhost:5000']\nmaxImageBytes: ${2 ** 29}\nmaxImageFiles: 30000\n`,
    program: { main: WARDEN_MAIN, env: { http_proxy: WayOut.url, no_proxy: 'localhost' } },
  });
  way = new WayOut(scratch);
  await way.open(stand.netns);
  registry = new LocalRegistry(scratch, stand.netns);
  await registry.open();
  await stand.start();
}, SLOW);
afterAll(async () => {
  registry.close();
  way.close();
  await stand.close();
  await rm(scratch, { recursive: true, force: true });
});

/** A system that is one program, with a file of another's. */
async function smallRoot(name: string): Promise<string> {
  const root = join(scratch, name);
  for (const part of ['bin', 'etc', 'srv']) await mkdir(join(root, part), { recursive: true });
  await copyFile('/bin/busybox', join(root, 'bin/busybox'));
  await symlink('busybox', join(root, 'bin/sh'));
  await writeFile(join(root, 'srv/theirs'), 'theirs\n');
  await chown(join(root, 'srv/theirs'), 65_535, 1000);
  return root;
}

async function tarOf(root: string, ...more: string[]): Promise<string> {
  await run('tar', ['--create', '--file', `${root}.tar`, '--directory', root, ...more, '.']);
  return `${root}.tar`;
}

const rootOf = ({ digest }: Image) => join(stand.paths.images, digest.slice(7), 'root');
const upload = (file: string) =>
  orderImage(stand, { kind: 'upload', name: file.split('/').at(-1) ?? '' }, file);
const images = () => stand.ask((agent) => agent.image.list.query());

/** What an order may leave in the kernel and on the disk: nothing. */
async function nothingOpen(): Promise<void> {
  const names = (directory: string) => readdir(directory).catch(() => [] as string[]);
  const groups = await stand.kernel.listCgroups({ parent: cgroupParent(stand.instance) });
  expect(groups.filter((name) => name.startsWith('image-'))).toEqual([]);
  expect((await names(netnsDirectory(stand.instance))).filter((name) => name.startsWith('image-'))).toEqual(
    [],
  );
  expect((await names(stand.paths.images)).filter((name) => !/^[0-9a-f]{64}$/.test(name))).toEqual([]);
  for (const claim of await names(stand.paths.ids))
    expect(await readFile(join(stand.paths.ids, claim), 'utf8').catch(() => '')).not.toContain(
      `${stand.instance} image-`,
    );
}

test(
  'an archive becomes an image whose address is its tree, with the ids that it had',
  async () => {
    const root = await smallRoot('small');
    const image = madeOf(await upload(await tarOf(root)));
    expect(image).toMatchObject({ name: 'small.tar', by: 'tester' });
    expect(await stat(join(rootOf(image), 'srv/theirs'))).toMatchObject({ uid: 65_535, gid: 1000 });
    // Other times, another order, packed otherwise: the same tree has the same address.
    await run('touch', ['-d', '2001-01-01', join(root, 'srv/theirs')]);
    const again = await upload(await tarOf(root, '--gzip', '--sort=inode'));
    expect(again.at(-1)).toMatchObject({ type: 'done', wasThere: true, image: { digest: image.digest } });
    const verify = () => stand.ask((agent) => agent.image.verify.mutate({ digest: image.digest }));
    expect(await verify()).toEqual({ whole: true, found: image.digest });
    // Control: one bit of one file, and it is not that image any more.
    await writeFile(join(rootOf(image), 'srv/theirs'), 'Theirs\n');
    expect((await verify()).whole).toBe(false);
    await (await stand.dashboard()).image.remove.mutate({ digest: image.digest });
    expect(await images()).toEqual([]);
    await nothingOpen();
  },
  SLOW,
);

test(
  'an image of a registry is what its tag was, and stays that when the tag moves',
  async () => {
    const one = await tarOf(await smallRoot('layer1'));
    const second = join(scratch, 'layer2');
    await mkdir(join(second, 'srv'), { recursive: true });
    await writeFile(join(second, 'srv/.wh.theirs'), '');
    await writeFile(join(second, 'srv/ours'), 'ours\n');
    const two = await tarOf(second);
    const layout = join(scratch, 'layout');
    const config = {
      Entrypoint: ['/bin/sh'],
      Cmd: ['-c', 'true'],
      Env: ['A=b'],
      User: '1000',
      Labels: { 'org.host': 'rm -rf /' },
    };
    await writeOciLayout(layout, { layers: [one, two], config });
    await registry.push(layout, 'small:1');
    const reference = `${LocalRegistry.address}/small:1`;
    const image = madeOf(await orderImage(stand, { kind: 'pull', reference }));
    expect(image.suggested).toEqual({
      command: ['/bin/sh', '-c', 'true'],
      environment: ['A=b'],
      user: '1000',
    });
    expect(image.source).toMatch(/^localhost:5000\/small@sha256:[0-9a-f]{64}$/);
    expect(await readdir(join(rootOf(image), 'srv'))).toEqual(['ours']);
    expect((await lstat(join(rootOf(image), 'proc'))).isDirectory()).toBe(true);

    const moved = join(scratch, 'layout-moved');
    await writeOciLayout(moved, { layers: [one] });
    await registry.push(moved, 'small:1');
    const now = madeOf(await orderImage(stand, { kind: 'pull', reference }));
    expect(now.digest).not.toBe(image.digest);
    const digest = image.source.split('@')[1];
    const before = await orderImage(stand, {
      kind: 'pull',
      reference: `${LocalRegistry.address}/small@${digest}`,
    });
    expect(before.at(-1)).toMatchObject({ wasThere: true, image: { digest: image.digest } });
    const wrong = `${LocalRegistry.address}/small@sha256:${'0'.repeat(64)}`;
    expect(failureOf(await orderImage(stand, { kind: 'pull', reference: wrong }))).toContain(
      'fetch localhost:5000/small',
    );
    await nothingOpen();
  },
  SLOW,
);

test('what the bounds do not name is not fetched, and who asks is told', async () => {
  await expect(orderImage(stand, { kind: 'pull', reference: 'docker.io/library/nginx' })).rejects.toThrow(
    'take no images from docker.io',
  );
  await expect(
    orderImage(stand, { kind: 'bootstrap', distribution: 'alpine:3.20', include: [] }),
  ).rejects.toThrow('from alpine');
  await expect(
    orderImage(stand, { kind: 'bootstrap', distribution: 'alpine:3.20', include: ['openssh'] }),
  ).rejects.toThrow('without further packages');
});

test(
  'hostile archives reach nothing outside, and their sizes end at the host’s bounds',
  async () => {
    const canary = join(scratch, 'canary');
    await writeFile(canary, 'untouched');
    const corpus = join(scratch, 'corpus');
    await mkdir(corpus);
    await run('python3', [join(import.meta.dirname, 'hostile-archives.py'), corpus, canary]);
    const before = (await images()).length;
    const refused: Record<string, RegExp> = {
      'names.tar': /./,
      'links.tar': /./,
      'old.tar': /./,
      'gnu.tar': /./,
      'devices.tar': /Cannot mknod|Operation not permitted/,
      'mounts.tar': /not a directory|\/dev/,
      'no-root.tar': /no \/etc/,
      'noise.tar': /not look like a tar|EINVAL/,
      'bytes.tar.gz': /larger than 536870912 bytes/,
      'files.tar.gz': /more than 30000 files/,
      'sparse.tar': /./,
    };
    for (const [name, why] of Object.entries(refused)) {
      expect(failureOf(await upload(join(corpus, name))), name).toMatch(why);
      await nothingOpen();
    }
    expect(await images()).toHaveLength(before);
    expect(await readFile(canary, 'utf8')).toBe('untouched');
    expect((await readdir(scratch)).sort()).not.toContain('manifest.json');

    // What may be kept is data: it gives nobody on the host anything, and says nothing to us.
    const setuid = madeOf(await upload(join(corpus, 'setuid.tar')));
    expect((await stat(join(rootOf(setuid), 'bin/su'))).mode & 0o6000).toBe(0o6000);
    const mounts = await stand.kernel.listMounts({ under: stand.paths.images });
    expect(mounts.find(({ target }) => target === stand.paths.images)?.options).toEqual(
      expect.arrayContaining(['nosuid', 'nodev']),
    );
    const settings = await upload(join(corpus, 'settings.tar'));
    if (settings.at(-1)?.type === 'done') expect(madeOf(settings).by).toBe('tester');

    // Control: unpacked by root on the host, as one would without a second thought, they overwrite the canary.
    const naive = join(scratch, 'naive');
    await mkdir(naive);
    await run('tar', ['-P', '--extract', '--file', join(corpus, 'links.tar'), '--directory', naive]).catch(
      () => undefined,
    );
    expect(await readFile(canary, 'utf8')).toBe('owned\n');
  },
  SLOW,
);

test(
  'a disk that gets full while an archive is unpacked is told with its errno, and keeps nothing of it',
  async () => {
    const other = await Stand.open();
    try {
      // Little more than what must stay free.
      await mkdir(other.paths.images, { recursive: true, mode: 0o700 });
      await run('mount', [
        '-t',
        'tmpfs',
        '-o',
        'size=1100m,nosuid,nodev,mode=0700',
        'tmpfs',
        other.paths.images,
      ]);
      await other.start();
      const file = join(scratch, 'corpus/bytes.tar.gz');
      const failure = failureOf(await orderImage(other, { kind: 'upload', name: 'bytes.tar.gz' }, file));
      expect(failure).toMatch(/make the image bytes.tar.gz: ENOSPC/);
      expect(await readdir(other.paths.images)).toEqual([]);
      const { bavail, bsize, blocks } = await statfs(other.paths.images);
      expect((blocks - bavail) * bsize).toBeLessThan(1024 ** 2);
    } finally {
      await other.close();
    }
  },
  SLOW,
);

test(
  'Debian is bootstrapped from the archives of this host',
  async () => {
    const image = madeOf(
      await orderImage(stand, { kind: 'bootstrap', distribution: 'debian:12', include: ['systemd-sysv'] }),
    );
    expect(image.name).toBe('debian:12+systemd-sysv');
    expect(await readlink(join(rootOf(image), 'sbin/init'))).toContain('systemd');
    expect(await readFile(join(rootOf(image), 'etc/debian_version'), 'utf8')).toMatch(/^12\./);
    expect((await stat(join(rootOf(image), 'etc/shadow'))).gid).toBe(42);
    expect((await stat(join(rootOf(image), 'usr/bin/su'))).mode & 0o4000).toBe(0o4000);
    await nothingOpen();

    const jail = (n: number, script: string, digest = image.digest) =>
      jailSpec(n, {
        settings: {
          root: { kind: 'image', digest },
          profile: 'system',
          command: ['/bin/sh', '-c', `${script}; exec sleep 1000`],
          restart: 'no',
        },
      });
    const change =
      'echo mine > /etc/mine; chown 1000:1000 /etc/mine; rm /etc/issue; dpkg --version > /srv/said';
    const one = jail(1, change);
    const two = jail(2, 'ls /etc > /srv/said');
    const missing = jail(3, 'true', `sha256:${'0'.repeat(64)}`);
    await stand.accept([one, two, missing]);
    const status = await stand.until(
      'running',
      ({ jails }) => jails.filter(({ state }) => state === 'running').length === 2,
      SLOW,
    );
    expect(status.refused).toMatchObject([{ rule: 'root-image' }]);
    const upper = (spec: typeof one) => join(jailPaths(stand.paths, spec.key).storage, 'upper');
    const said = (spec: typeof one) => readFile(join(upper(spec), 'srv/said'), 'utf8').catch(() => '');
    await expect.poll(() => said(one), { timeout: SLOW }).toContain('Debian');
    await expect.poll(() => said(two), { timeout: SLOW }).toContain('issue');
    // What one has changed is its own: with the ids that it gave, and nothing of it in the other or below.
    expect(await stat(join(upper(one), 'etc/mine'))).toMatchObject({ uid: 1000, gid: 1000 });
    expect((await lstat(join(upper(one), 'etc/issue'))).isCharacterDevice()).toBe(true);
    expect(await said(two)).not.toContain('mine');
    const agent = await stand.dashboard();
    expect(await agent.image.verify.mutate({ digest: image.digest })).toMatchObject({ whole: true });
    await expect(agent.image.remove.mutate({ digest: image.digest })).rejects.toThrow('root of jail1, jail2');

    const gone = [one, two, missing].map((spec) => ({ ...spec, wanted: 'destroyed' as const, purge: true }));
    await stand.accept(gone);
    await stand.until('gone', ({ jails }) => jails.every(({ hasStorage }) => !hasStorage), SLOW);
    await stand.until('let go', ({ jails }) => jails.every(({ state }) => state === 'destroyed'), SLOW);
    await agent.image.remove.mutate({ digest: image.digest });
    expect((await images()).map(({ digest }) => digest)).not.toContain(image.digest);
  },
  SLOW,
);

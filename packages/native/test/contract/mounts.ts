import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { expectRefusal, type Scene } from './scene.ts';

export const mountExpectations = {
  'a directory is bound with its flags, and unbound': async ({ kernel, makeDirectory }: Scene) => {
    const [source, target] = [await makeDirectory('source'), await makeDirectory('target')];
    await kernel.bindMount({ source, target, readOnly: true, nosuid: true, nodev: true, noexec: true });
    const [mount, ...others] = await kernel.listMounts({ under: target });
    expect(others).toEqual([]);
    expect(mount?.target).toBe(target);
    expect(mount?.options).toEqual(expect.arrayContaining(['ro', 'nosuid', 'nodev', 'noexec']));
    await kernel.unmount({ target });
    expect(await kernel.listMounts({ under: target })).toEqual([]);
    await expectRefusal(kernel.unmount({ target }), 'EINVAL');
  },
  'a bind without flags is writable': async ({ kernel, makeDirectory }: Scene) => {
    const [source, target] = [await makeDirectory('source'), await makeDirectory('target')];
    await kernel.bindMount({ source, target });
    const [mount] = await kernel.listMounts({ under: target });
    expect(mount?.options).toContain('rw');
    expect(mount?.options).not.toContain('noexec');
    await kernel.unmount({ target });
  },
  'a tmpfs has its size and mode, and no devices or suid': async ({ kernel, makeDirectory }: Scene) => {
    const target = await makeDirectory('target');
    await kernel.mountTmpfs({ target, size: '1024k', mode: '700' });
    const [mount] = await kernel.listMounts({ under: target });
    expect(mount).toMatchObject({ target, fsType: 'tmpfs' });
    expect(mount?.options).toEqual(expect.arrayContaining(['nosuid', 'nodev', 'size=1024k', 'mode=700']));
    await kernel.unmount({ target });
    await expectRefusal(kernel.mountTmpfs({ target, size: 'much', mode: '700' }), 'EINVAL');
    await expectRefusal(kernel.mountTmpfs({ target, size: '1024k', mode: 'rwx' }), 'EINVAL');
  },
  'a file system in a file is mounted closed, and its device goes with it': async ({
    kernel,
    makeDirectory,
    makeFileSystem,
  }: Scene) => {
    const target = await makeDirectory('target');
    const source = await makeFileSystem('image');
    await kernel.mountFile({ source, target, fileSystem: 'ext4' });
    const [mount] = await kernel.listMounts({ under: target });
    expect(mount).toMatchObject({ target, fsType: 'ext4' });
    expect(mount?.options).toEqual(expect.arrayContaining(['nosuid', 'nodev']));
    expect(mount?.source).toMatch(/^\/dev\/loop/);
    await kernel.unmount({ target });
    const devices = await promisify(execFile)('/sbin/losetup', ['--list', '--noheadings', '-O', 'BACK-FILE']);
    expect(devices.stdout).not.toContain(source);
  },
  'what lies on and below a path is unmounted at once': async ({ kernel, makeDirectory }: Scene) => {
    const target = await makeDirectory('target');
    await kernel.mountTmpfs({ target, size: '1024k', mode: '755' });
    await kernel.mountTmpfs({ target, size: '1024k', mode: '755' });
    const below = await makeDirectory('target/below');
    await kernel.mountTmpfs({ target: below, size: '1024k', mode: '755' });
    expect(await kernel.listMounts({ under: target })).toHaveLength(3);
    await kernel.unmount({ target });
    expect(await kernel.listMounts({ under: target })).toEqual([]);
  },
};

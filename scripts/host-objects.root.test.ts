import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';

const LEFT = `
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { callAddon } from '${path.join(import.meta.dirname, '../packages/native/lib/addon.ts')}';
import { changesSince, hostObjects } from '${path.join(import.meta.dirname, 'host-objects.ts')}';
const run = (command) => execFileSync('sh', ['-c', command]);
const before = hostObjects();
const group = readdirSync('/sys/fs/cgroup').includes('unified') ? '/sys/fs/cgroup/unified/left' : '/sys/fs/cgroup/left';
const nothing = changesSince(before, 5_000);
run('ip link add vleft0 type veth peer name vleft1; nft add table inet left; mount -t tmpfs left /mnt');
run("perl -e 'msgget(0x1ef7, 01600)'");
mkdirSync(group);
await callAddon('setDeviceProgram', { group, devices: ['c 1:3 rw'] });
const left = changesSince(before, 0);
rmdirSync(group);
run('ip link del vleft0; nft delete table inet left; umount /mnt; ipcrm -Q 0x1ef7');
console.log(JSON.stringify({ nothing, left, gone: changesSince(before, 0) }));
`;

test('of the kernel itself: what is left is told, and nothing of what is gone', () => {
  // What it makes ends with its namespaces, whatever becomes of it.
  const apart = ['--net', '--ipc', '--mount', '--propagation', 'private', process.execPath];
  const said = execFileSync('unshare', [...apart, '--input-type=module', '-e', LEFT], { encoding: 'utf8' });
  const mine = (found: string[]) => found.filter((line) => /left|mnt|queue/.test(line));
  const { nothing, left, gone } = JSON.parse(said) as Record<'nothing' | 'left' | 'gone', string[]>;
  expect(mine(nothing)).toEqual([]);
  expect(left).toContain('+ BPF program cellblock_dev');
  expect(mine(left)).toEqual([
    expect.stringMatching(/^\+ control group .*\/left$/),
    expect.stringMatching(/^\+ link vleft0 mtu 1500 link\/ether /),
    expect.stringMatching(/^\+ link vleft1 /),
    '+ message queue 0x1ef7 of 0, mode 600',
    expect.stringMatching(/^\+ mount of tmpfs \/ at \/mnt /),
    '+ nft table inet left',
  ]);
  expect(mine(gone)).toEqual([]);
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { changedObjects, type HostView, hostObjects } from './host-objects.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'host-objects-'));
afterAll(() => rmSync(directory, { recursive: true }));

const QUEUES = `       key      msqid perms      cbytes       qnum lspid lrpid   uid   gid  cuid  cgid      stime      rtime      ctime
 109500365      65536   666           0          0     0     0     0     0     0     0          0          0 1795359716
`;

/** A host with one of each. */
function host(name: string): HostView & { groups: string } {
  const at = (part: string) => path.join(directory, name, part);
  for (const part of ['run/netns', 'run/cellblock/ids', 'blocks/loop0/loop', 'groups/system.slice'])
    mkdirSync(at(part), { recursive: true });
  const file = (part: string) => writeFileSync(at(part), '/srv/disk\n');
  for (const part of ['run/netns/other', 'run/cellblock/ids/1879048192', 'blocks/loop0/loop/backing_file'])
    file(part);
  return {
    links:
      '1: lo: <LOOPBACK,UP> mtu 65536 qdisc noqueue state UNKNOWN \\    link/loopback 00:00:00:00:00:00 brd …\n',
    tables: 'table inet mine\n',
    programs: JSON.stringify([{ id: 2, type: 'cgroup_device', name: 'sd_devices' }]),
    mounts: `22 1 0:20 / ${at('groups')} rw,nosuid - cgroup2 none rw\n`,
    queues: QUEUES,
    run: at('run'),
    blocks: at('blocks'),
    groups: at('groups'),
  };
}

test('of a host on which only what comes and goes has changed, nothing is told', () => {
  const view = host('same');
  const before = hostObjects(view);
  expect(before).toHaveLength(8);
  mkdirSync(path.join(view.groups, 'user.slice'));
  const after = hostObjects({
    ...view,
    links: `${view.links.replace('UNKNOWN', 'UP')}9: ifb0: <NOARP> mtu 1500 link/ether 96:8a:b2:4d:9e:51 brd …\n`,
    mounts: `${view.mounts.replace('22 1', '87 4')}88 4 0:9 / /run/netns rw - tmpfs tmpfs rw\n`,
  });
  expect(changedObjects(before, after)).toEqual([]);
});

test('control: whatever is left is told, and whatever was taken away', () => {
  const view = host('left');
  const before = hostObjects(view);
  mkdirSync(path.join(view.groups, 'cellblock-0a1b2c3d'));
  mkdirSync(path.join(view.run, 'cellblock-stand-x'));
  mkdirSync(path.join(view.run, 'cellblock/0a1b2c3d'));
  mkdirSync(path.join(view.blocks, 'loop1/loop'), { recursive: true });
  writeFileSync(path.join(view.blocks, 'loop1/loop/backing_file'), '/srv/left\n');
  for (const name of ['netns/left', 'cellblock/ids/1879113728']) writeFileSync(path.join(view.run, name), '');
  rmSync(path.join(view.run, 'netns/other'));
  const after = hostObjects({
    ...view,
    links: `${view.links}9: vleft@if3: <UP> mtu 1500 state UP \\    link/ether 02:00:00:00:00:01 brd …\n`,
    tables: `${view.tables}table inet left\n`,
    programs: JSON.stringify([{ id: 3 }, { id: 9, type: 'cgroup_device', name: 'cellblock_dev' }]),
    queues: `${QUEUES}-286331154     196635   600           0          0     0     0 64997 64997 64997 64997          0          0 1795359717\n`,
    mounts: `${view.mounts}${view.mounts}88 4 0:9 /disk /srv/left ro,nodev - ext4 /dev/loop1 rw\n`,
  });
  expect(changedObjects(before, after)).toEqual([
    '+ BPF program cellblock_dev',
    `+ claim of ids /run/cellblock/ids/1879113728`,
    `+ control group ${view.groups}/cellblock-0a1b2c3d`,
    '+ link vleft mtu 1500 link/ether 02:00:00:00:00:01',
    '+ loop device of /srv/left',
    '+ message queue 0xeeeeeeee of 64997, mode 600',
    `+ mount of cgroup2 / at ${view.groups} rw,nosuid`,
    '+ mount of ext4 /disk at /srv/left ro,nodev',
    '+ network namespace /run/netns/left',
    '+ nft table inet left',
    '+ of a test: /run/cellblock-stand-x',
    '+ of an agent: /run/cellblock/0a1b2c3d',
    '- network namespace /run/netns/other',
  ]);
});

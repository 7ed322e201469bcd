import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { type GuestFindings, SPARED } from '../apps/agent/test/project-quota/findings.ts';
import { standPrefix } from './stand/stand-name.ts';
import { vmImage } from './vm/image.ts';
import { programsDisk } from './vm/programs-disk.ts';
import { startVirtualMachine, type VirtualMachine } from './vm/virtual-machine.ts';

test.describe.configure({ mode: 'serial' });

/** Emulation is ten times slower than the machine, and the machine may be busy. */
const SLOW = 900_000;
const MEBIBYTE = 1024 ** 2;
const AT_AN_END = /^(EDQUOT|ENOSPC)$/;
const REFUSED = /^(EINVAL|EPERM)$/;

let directory: string;
let machine: VirtualMachine;
let found: GuestFindings;

/**
 * On Debian's kernel: that of the machine which the tests run on may be built without CONFIG_QFMT_V2, and then no ext4
 * there counts anything. A warden runs on an ext4 with prjquota, with a jail at its limits and a neighbour without any.
 * Nor may root of that machine have CAP_SYS_RESOURCE, without which nobody has a score for the OOM killer to lose.
 */
test.beforeAll(async () => {
  test.setTimeout(SLOW * 3);
  directory = mkdtempSync(path.join(tmpdir(), standPrefix));
  machine = await startVirtualMachine(await vmImage(), null, directory, [await programsDisk(directory)]);
  const root = (command: string) => machine.shell.must(command, SLOW);
  await root('modprobe loop; mkdir -p /programs /counted; mount -o ro /dev/vdb /programs');
  await root(
    'truncate -s 512M /counted.img && mkfs.ext4 -q -O project,quota -E quotatype=usrquota:prjquota /counted.img',
  );
  await root('mount -o loop,usrquota,prjquota /counted.img /counted');
  await root('modprobe xfs; mkdir /xfs && cp --sparse=always /programs/counted.xfs /counted.xfs');
  await root('mount -o loop,prjquota /counted.xfs /xfs');
  await root('CELLBLOCK_NATIVE=/programs/native /programs/node /programs/guest.mjs /counted /programs /xfs');
  found = JSON.parse(await root('cat /run/findings.json')) as GuestFindings;
});
test.afterAll(async () => {
  test.setTimeout(180_000);
  await machine?.close();
  if (directory) rmSync(directory, { recursive: true, force: true });
});

test('a jail’s directory ends at its size and number of files; control: its neighbour’s does not', () => {
  const { byLimited, byNeighbour } = found;
  expect(byLimited['bytes-end']).toMatch(AT_AN_END);
  expect(Number(byLimited.bytes)).toBeLessThanOrEqual(16 * MEBIBYTE);
  expect(byLimited['files-end']).toMatch(AT_AN_END);
  expect(Number(byLimited.files)).toBeLessThan(3000);
  expect(byNeighbour).toMatchObject({
    bytes: String(48 * MEBIBYTE),
    'bytes-end': 'none',
    files: '6000',
    'files-end': 'none',
  });
  expect(found.controllers).toContain('project-quota');
});

test('a crash between the directory’s project and its limits leaves neither out', () => {
  // It was counted, and held to nothing; the jail that began after that is at its end above.
  expect(found.crashed).toEqual({ project: found.project, bytes: null, inodes: null });
  expect(found.counted).toMatchObject({ bytes: 16 * MEBIBYTE, inodes: 3000 });
});

test('root in the jail stays in its project with all that it makes; root of the host may change one', () => {
  const { byLimited, project } = found;
  expect(project).toBeGreaterThan(0);
  for (const name of ['/var', '/var/own', '/var/own/file']) {
    expect(byLimited[`project-${name}`]).toBe(String(project));
    expect(byLimited[`change-${name}`]).toMatch(REFUSED);
    expect(byLimited[`neighbour-${name}`]).toMatch(REFUSED);
  }
  for (const name of ['/var', '/var/own']) expect(byLimited[`clear-${name}`]).toMatch(REFUSED);
  expect(found.changed).toEqual({ project: 7, inherits: true });
});

test('all that is there is the jail’s by its number, and nothing comes in from elsewhere uncounted', () => {
  expect(found.listed.length).toBeGreaterThan(20);
  expect(new Set(found.listed)).toEqual(new Set([found.project]));
  expect(found.counted.usedInodes).toBe(found.found);
  const { usedBytes: bytes, usedInodes: files } = found.counted;
  expect(found.reported).toEqual({ bytes, files });
  expect(found.neighbourReported).toBeNull();
  expect(found.neighbours).toMatch(/^\s*0 .*\n\s*0 .*\n$/);
  // Not even by root of the host.
  expect(found.moves).toEqual({
    renameIn: 'EXDEV',
    linkIn: 'EXDEV',
    renameWithin: 'done',
    linkWithin: 'done',
    renameAmongUncounted: 'done',
  });
});

test('a limit is raised while the jail runs, and no record outlives the jail or the agent', () => {
  expect(found.raised).toEqual({ bytes: 64 * MEBIBYTE, samePid: true });
  expect(found.recordBefore).toBe(String(found.project));
  // ENOENT: there is no further one.
  expect(found.recordAfter).toBe('none 2');
  expect(found.neighbourRuns).toBe(true);
  const { purged } = found;
  expect(purged).toEqual({ project: purged.project, before: String(purged.project), after: 'none 2' });
});

test('limits of processes are lowered, raised and lifted while the jail runs, where root has what that takes', () => {
  expect(found.files).toEqual({ mayRaise: true, lowered: 64, raised: 256, lifted: true, samePid: true });
});

test('whom the OOM killer is to spare starts jails that it is not; control: without that they are spared too', () => {
  expect(found.oomScores).toEqual({
    ours: { first: 0, byExec: 0 },
    mutant: { first: SPARED, byExec: SPARED },
  });
});

test('what a user of a jail writes counts for the id that it has inside; control: past the idmapped mount it does not', () => {
  const { ends, used } = found.users;
  expect(ends).toEqual({ held: 'EDQUOT', free: 'done', translated: 'done' });
  expect(used.held).toBeGreaterThan(7 * MEBIBYTE);
  expect(used.held).toBeLessThanOrEqual(8 * MEBIBYTE);
  for (const bytes of [used.free, used.translated]) expect(bytes).toBeGreaterThanOrEqual(16 * MEBIBYTE);
});

test('limits of a jail hold where version 2 alone has the controllers, each beside its control', () => {
  const { limits } = found;
  expect(limits, JSON.stringify(limits)).toMatchObject({ row: 'H18', verdict: 'pass' });
  expect(limits?.probe?.evidence).toMatch(/^v2 /);
  expect(limits?.probe?.evidence).not.toContain('not judged');
});

test('xfs holds the same', () => {
  const { xfs } = found;
  expect(xfs.ends.counted).toMatch(AT_AN_END);
  expect(xfs.ends.beside).toBe('done');
  expect(xfs.set).toMatchObject({ bytes: 8 * MEBIBYTE, inodes: 100 });
  expect(xfs.never).toEqual({ usedBytes: 0, usedInodes: 0, bytes: null, inodes: null });
});

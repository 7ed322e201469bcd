import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ProcOfItsOwn } from './proc-of-its-own.ts';
import { jailSpec } from './spec-builders.ts';
import { Stand } from './stand.ts';

const NAMED = 'hostSettings: [proc.hidepid]\n';
const NOT_NAMED = 'hostSettings: []\n';
const USER = 1000;
const UNTIL_TOLD = ['/usr/bin/perl', '-e', '$SIG{TERM} = sub { exit 0 }; sleep 600'];
const jail = jailSpec(1, { settings: { command: UNTIL_TOLD } });

let apart: ProcOfItsOwn;
let stand: Stand;
let machine = '';
/** the jail's pid 1, by its number on the host */
let inJail = 0;

/** What is mounted at /proc for the machine's first process. */
const machinesProc = async () =>
  (await readFile('/proc/1/mountinfo', 'utf8')).split('\n').filter((line) => line.split(' ')[4] === '/proc');
const bounds = (text: string) => writeFile(join(stand.paths.bounds, '20-test.yaml'), text);

beforeAll(async () => {
  machine = (await machinesProc()).join('\n');
  apart = await ProcOfItsOwn.open();
  stand = await Stand.open({ bounds: NOT_NAMED, mounts: apart.mounts });
  await stand.start();
  await stand.accept([jail]);
  await runs(1);
});
afterAll(async () => {
  await stand?.close();
  await apart?.close();
});

/** Numbers of processes that belong to others than the user, as these words of a shell find them. */
async function othersIn(words: string, as: 'user' | 'root'): Promise<number[]> {
  const script = `stat -c "%u %n" ${words} 2>/dev/null; :`;
  // The second shell has forgotten whatever setpriv was before it was the user.
  const user = `setpriv --reuid=${USER} --regid=${USER} --clear-groups bash -c 'exec bash -c "$0"' '${script}'`;
  const lines = (await apart.asRoot(as === 'user' ? user : script)).split('\n').filter((line) => line !== '');
  return lines.flatMap((line) => {
    const [owner, path = ''] = line.split(' ');
    return owner === String(USER) ? [] : [Number(path.slice('/proc/'.length))];
  });
}
const LISTED = '/proc/[0-9]*';

/** The jail runs, as this start of it. */
async function runs(startNumber: number): Promise<void> {
  const { jails } = await stand.until(`start ${startNumber}`, (s) => {
    const seen = s.jails[0];
    return s.converged === startNumber && seen?.startNumber === startNumber && seen.state === 'running';
  });
  inJail = jails[0]?.pid ?? 0;
}

/** What the user sees of processes that root sees: in the listing, and by their numbers. */
async function seenByUser() {
  const all = await othersIn(LISTED, 'root');
  const known = [1, process.pid, inJail];
  expect(all).toEqual(expect.arrayContaining(known));
  const numbers = all.map((pid) => `/proc/${pid}`).join(' ');
  return {
    listed: await othersIn(LISTED, 'user'),
    byNumber: await othersIn(numbers, 'user'),
    known,
  };
}

async function hidepidReceipts() {
  const receipts = await stand.ask((agent) => agent.receipts.after.query({ seq: 0, limit: 500 }));
  return receipts.map(({ body }) => body).filter(({ object }) => object === 'host-setting/proc.hidepid');
}

test('control: without the setting a user of the host sees what everybody runs, the jail too', async () => {
  const { listed, byNumber, known } = await seenByUser();
  expect(listed).toEqual(expect.arrayContaining(known));
  expect(byNumber).toEqual(expect.arrayContaining(known));
  expect(await hidepidReceipts()).toEqual([]);
});

test('named in the bounds, a user sees nobody else, neither listed nor by number; root sees all', async () => {
  await bounds(NAMED);
  await expect.poll(hidepidReceipts, { timeout: 30_000 }).toMatchObject([
    {
      result: 'done',
      before: { 'proc.hidepid': 'off' },
      after: { 'proc.hidepid': 'invisible' },
    },
  ]);
  expect(await seenByUser()).toMatchObject({ listed: [], byNumber: [] });
  expect((await machinesProc()).join('\n')).toBe(machine);
});

test('jails go on, and one that is started then works like any other', async () => {
  await stand.accept([{ ...jail, startNumber: 2 }]);
  await runs(2);
  expect(await seenByUser()).toMatchObject({ listed: [], byNumber: [] });
});

test('whoever shows them again is answered', async () => {
  await stand.stop();
  await apart.asRoot('mount -o remount,hidepid=off /proc');
  const { listed, known } = await seenByUser();
  expect(listed).toEqual(expect.arrayContaining(known));
  await stand.start();
  await expect.poll(async () => (await hidepidReceipts()).length, { timeout: 30_000 }).toBe(2);
  expect(await seenByUser()).toMatchObject({ listed: [], byNumber: [] });
});

test('named no longer, /proc stays as it is, also when everything of ours is removed', async () => {
  await bounds(NOT_NAMED);
  await stand.until('told', (s) => s.bounds.hostSettings.length === 0);
  await stand.accept([{ ...jail, startNumber: 3 }]);
  await runs(3);
  expect(await hidepidReceipts()).toHaveLength(2);
  await stand.stop();
  await stand.purge();
  expect(await othersIn(LISTED, 'user')).toEqual([]);
  expect((await machinesProc()).join('\n')).toBe(machine);
});

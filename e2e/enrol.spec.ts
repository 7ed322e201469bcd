import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { type BareHost, makeBareHost, offerBridge } from './stand/bare-host.ts';
import { claim } from './stand/claim.ts';
import { instanceOfData } from './stand/end-instance.ts';
import { difference } from './stand/kernel-state.ts';
import { answerFrom, newNonce, nonceCommand } from './stand/nonce.ts';
import { type Console, openConsole } from './stand/open-console.ts';
import { inNetns, mustRun } from './stand/run-program.ts';
import { addressesOf, giveAddresses } from './stand/segment.ts';
import { processesInCgroup } from './stand/site-processes.ts';
import { makeStand, type Stand } from './stand/stand.ts';

/** A further host comes in by the pasted line alone: the smallest Debian with curl, and nothing of ours. */
test.describe.configure({ mode: 'serial' });

interface Line {
  line: string;
  token: string;
  archive: { sha256: string };
}

let stand: Stand;
let console_: Console;
let page: Page;
let h2: BareHost;
let h3: BareHost;
let h4: BareHost;
const hosts: BareHost[] = [];
let filesBefore: string[];
/** the line that enrolled h2 */
let used: string;

test.beforeAll(async () => {
  test.setTimeout(1_200_000);
  stand = await makeStand({ listen: '0.0.0.0' });
  const link = /https?:\/\/\S+(\/setup\/claim\?token=\S+)/.exec(await stand.up())?.[1] ?? '';
  console_ = await openConsole(stand);
  page = console_.page;
  await claim(page, link);
  const bare = async (name: string, number: number) => {
    const host = await makeBareHost(stand, name, number);
    hosts.push(host);
    return host;
  };
  h2 = await bare('h2', 12);
  h3 = await bare('h3', 13);
  h4 = await bare('h4', 14);
});
test.afterAll(async () => {
  test.setTimeout(240_000);
  await console_?.close();
  for (const host of hosts) await host.close();
  await stand?.close();
});

const enroll = (...more: string[]) => stand.json<Line>('host', 'enroll', ...more);
const stateOf = async (name: string) =>
  (await stand.json<{ name: string; state: string }[]>('host', 'ls')).find((host) => host.name === name)
    ?.state;
const refusals = async () => {
  const { events } = await stand.json<{
    events: { phase: string; summary: string; at: string; sourceAddress: string | null }[];
  }>('audit', 'search', 'action:host.enroll');
  return events.filter(({ phase }) => phase === 'refusal');
};
const fingerprintIn = (text: string) => /SHA256:[0-9a-f-]{49}/.exec(text)?.[0] ?? '';
const ipOf = (text: string) => text.split('/')[0] ?? '';

test('the line alone brings a host in, which is approved by the fingerprint that it shows itself', async () => {
  test.setTimeout(300_000);
  const missing = await h2.run(['sh', '-c', 'for p in node npm gcc cc make wget; do command -v $p; done']);
  expect(missing.stdout).toBe('');
  const outside = await h2.run(['curl', '-sS', '-m', '3', 'http://192.0.2.1/']);
  expect(outside.exitCode, 'it reaches nothing but the segment').not.toBe(0);
  filesBefore = await h2.files();

  await page.goto('/enroll');
  await page.getByRole('button', { name: 'Make the line' }).click();
  used = (await page.locator('code').first().textContent()) ?? '';
  const pasted = await h2.paste(used);
  expect(pasted, pasted.stderr).toMatchObject({ exitCode: 0 });
  const shown = fingerprintIn(pasted.stdout);
  expect(shown).toMatch(/^SHA256:/);
  expect(pasted.stdout).toContain('waits for approval');
  expect(await stateOf('h2')).toBe('waiting');

  const card = page.getByRole('region', { name: 'h2' });
  await expect(card.getByText(shown)).toBeVisible();
  await expect(card.getByText(`connected from ${h2.address}`)).toBeVisible();
  await expect(card.getByText(/\d+ of \d+ checks/)).toBeVisible();
  await expect(page.getByText('The line was used by h2.')).toBeVisible();
  await card.getByRole('button', { name: 'It matches, approve h2' }).click();
  await expect(page.getByText('h2 is approved')).toBeVisible();
  await expect.poll(() => stateOf('h2'), { timeout: 60_000 }).toBe('ready');
});

const nonce = newNonce();
let address: string;

test('a jail is made there from the dashboard, and answers the site with a nonce', async () => {
  test.setTimeout(180_000);
  offerBridge(h2, stand.segment.bridge);
  await expect
    .poll(async () => JSON.stringify((await stand.json<{ bounds: unknown }>('host', 'show', 'h2')).bounds), {
      timeout: 30_000,
    })
    .toContain(stand.segment.bridge);
  await stand.makeSegmentNetwork();
  await stand.must(['create', 'web', '--host', 'h2', '--network', 'segment', '--', ...nonceCommand(nonce)]);
  const seen = await stand.must(['show', 'web']);
  address = ipOf(/10\.99\.0\.\d+\/24/.exec(seen)?.[0] ?? '');
  await expect.poll(() => answerFrom(stand.segment.site, address), { timeout: 20_000 }).toBe(nonce);
});

test('root on that host lists, looks, runs and holds without a dashboard beside it', async () => {
  test.setTimeout(120_000);
  expect((await h2.run(['cellblock', 'ls'])).stdout).toMatch(/^web\s+running/);
  const inside = await h2.run(['cellblock', 'exec', 'web', '--', 'cat', '/etc/hostname']);
  expect(inside).toMatchObject({ exitCode: 0, stdout: 'web\n' });
  expect((await h2.run(['cellblock', 'logs', 'web'])).exitCode).toBe(0);
  expect((await h2.run(['cellblock', 'agent', 'hold', 'web', '--reason', 'we look'])).exitCode).toBe(0);
  expect((await h2.run(['cellblock', 'agent', 'unhold', 'web'])).exitCode).toBe(0);
});

test('pasted again it says so; an older agent is brought to the build of the dashboard, and the jail goes on', async () => {
  test.setTimeout(300_000);
  const pidOf = async () =>
    (await h2.run(['cellblock', 'ls'])).stdout
      .split('\n')
      .find((row) => row.startsWith('web'))
      ?.split(/\s+/)[2];
  const before = await pidOf();
  expect(Number(before)).toBeGreaterThan(0);
  const again = await h2.paste((await enroll()).line);
  expect(again, again.stderr).toMatchObject({ exitCode: 0 });
  expect(again.stderr).toMatch(/enrolled at \S+ as h2[\s\S]*nothing to do/);

  const older = [
    'cd /var/lib/cellblock/app && cp -a "$(readlink current)" older',
    'echo \'{"build":"older"}\' >older/build.json && ln -sfn older current && cellblock down',
    '(setsid current/bin/node current/supervisor.mjs --data /var/lib/cellblock --agent-only >/dev/null 2>&1 &)',
  ].join(' && ');
  const made = await h2.run(['sh', '-c', older]);
  expect(made, made.stderr).toMatchObject({ exitCode: 0 });
  await expect
    .poll(async () => (await h2.run(['cellblock', 'status'])).stdout, { timeout: 60_000 })
    .toContain('connected as h2');
  const updated = await h2.paste((await enroll()).line);
  expect(updated, updated.stderr).toMatchObject({ exitCode: 0 });
  expect(updated.stderr).toMatch(/updating the agent from build older to [0-9a-f]+; jails keep running/);
  await expect.poll(() => stateOf('h2'), { timeout: 60_000 }).toBe('ready');
  expect(await pidOf()).toBe(before);
  expect(await answerFrom(stand.segment.site, address)).toBe(nonce);
});

test('a line that was used, came late, or is for another host: refused with when and by whom, and nothing is left', async () => {
  test.setTimeout(400_000);
  const before = await h3.files();

  const twice = await h3.paste(used);
  expect(twice.exitCode).toBe(5);
  expect(twice.stderr).toMatch(
    /This enrolment line was used at 20\S+Z by host h2\.\n {2}cause: .*once.*\n {2}fix: .*host enroll/,
  );

  const late = await enroll();
  await mustRun([
    'psql',
    '-q',
    `postgresql://cellblock@/cellblock?host=${stand.data}/run/postgres`,
    '-c',
    `UPDATE host_enrollment SET expires_at = now() - interval '1 minute' WHERE used_at IS NULL`,
  ]);
  const refusedLate = await h3.paste(late.line);
  expect(refusedLate.exitCode).toBe(5);
  expect(refusedLate.stderr).toMatch(
    /ended at 20\S+Z; the dashboard's clock says 20\S+Z, and this host's says 20\S+Z/,
  );

  const named = await enroll('--name', 'h9');
  const elsewhere = await h2.paste(named.line);
  expect(elsewhere.exitCode).toBe(5);
  expect(elsewhere.stderr).toMatch(
    /This enrolment line is for host h9: \S.* made it at 20\S+Z\. This machine is host h2\./,
  );
  expect(await stateOf('h2')).toBe('ready');
  expect(await answerFrom(stand.segment.site, address)).toBe(nonce);

  expect(difference(before, await h3.files())).toEqual([]);
  const told = (await refusals()).map(({ summary, sourceAddress }) => `${sourceAddress} ${summary}`);
  expect(told).toEqual(
    expect.arrayContaining([
      expect.stringMatching(`^${h3.address} .*h3 was refused: .* was used at .* by host h2`),
      expect.stringMatching(`^${h3.address} .*h3 was refused: .* ended at `),
      expect.stringMatching(`^${h2.address} .*h2 was refused: .* is for host h9`),
    ]),
  );
  await page.goto('/enroll');
  await expect(page.getByText(/This enrolment line was used at .* by host h2\./)).toBeVisible();
  await expect(page.getByText(/This enrolment line is for host h9/)).toBeVisible();

  // Control: what was refused was the line and not the machine.
  const good = await h3.paste((await enroll('--name', 'h3')).line);
  expect(good, good.stderr).toMatchObject({ exitCode: 0 });
  await stand.must(['host', 'approve', 'h3']);
  await expect.poll(() => stateOf('h3'), { timeout: 60_000 }).toBe('ready');
});

test('whoever stands between is found out: by the archive, by the authority, by the certificate', async () => {
  test.setTimeout(300_000);
  const before = await h4.files();
  const impostor = await startImpostor();
  try {
    const { line } = await enroll();
    const through = (port: number) =>
      h4.paste(line.replace(stand.dashboardUrl, `https://${impostor.address}:${port}`));
    const tampered = await through(7421);
    expect(tampered.exitCode).not.toBe(0);
    expect(tampered.stdout + tampered.stderr).toMatch(/FAILED|did NOT match/);
    const authority = await through(7422);
    expect(authority.exitCode).toBe(5);
    expect(authority.stderr).toContain('is not the dashboard that made this line');
    const certificate = await through(7423);
    expect(certificate.exitCode).toBe(8);
    expect(certificate.stderr).toContain("shows a certificate that is not the dashboard's");
    const nobody = await through(7499);
    expect(nobody.exitCode).not.toBe(0);
    expect(nobody.stderr).toContain('no archive came from');
    expect(difference(before, await h4.files())).toEqual([]);
  } finally {
    impostor.child.kill('SIGKILL');
  }
});

test('a key that a second machine has copied locks the host; both are told; an administrator unlocks it', async () => {
  test.setTimeout(300_000);
  const data = 'var/lib/cellblock';
  const copy = ['agent/key.pem', 'agent/host.json'].map((file) => `${data}/${file}`);
  await mustRun([
    'sh',
    '-c',
    `cd "$1" && tar cf - ${copy.join(' ')} ${data}/app | tar xf - -C "$2"`,
    'sh',
    h3.root,
    h4.root,
  ]);
  await h4.run([
    'sh',
    '-c',
    `cd /${data}/app && (setsid current/bin/node current/supervisor.mjs --data /${data} --agent-only >/dev/null 2>&1 &)`,
  ]);
  await expect.poll(() => stateOf('h3'), { timeout: 60_000 }).toBe('locked');
  const told = (host: BareHost) =>
    host
      .run([`/${data}/app/current/bin/cellblock`, 'status', '-o', 'json'])
      .then(({ stdout }) => (JSON.parse(stdout) as { connection: { message?: string } }).connection.message);
  for (const host of [h3, h4]) {
    await expect
      .poll(() => told(host), { timeout: 60_000 })
      .toMatch(/Host h3 is locked: its key was used by two/);
  }
  expect((await refusals()).map(({ summary }) => summary)).toContainEqual(
    expect.stringContaining('Host h3 is locked: its key was used twice.'),
  );

  // The copy is found and removed.
  await h4.run([`/${data}/app/current/bin/cellblock`, 'down']);
  await page.goto('/hosts/h3/overview');
  await page.getByRole('button', { name: 'The copy is gone, unlock h3' }).click();
  await expect.poll(() => stateOf('h3'), { timeout: 60_000 }).toBe('ready');
});

test('a host that is not approved is told so', async () => {
  test.setTimeout(180_000);
  for (const part of ['agent', 'app', 'run', 'log'])
    rmSync(h4.file(`var/lib/cellblock/${part}`), { recursive: true, force: true });
  const pasted = await h4.paste((await enroll('--name', 'h4')).line);
  expect(pasted, pasted.stderr).toMatchObject({ exitCode: 0 });
  await page.goto('/enroll');
  const card = page.getByRole('region', { name: 'h4' });
  await card.getByRole('button', { name: 'Reject' }).click();
  await page.getByRole('button', { name: 'Reject h4' }).click();
  await expect(page.getByText('h4 was rejected by mira')).toBeVisible();
  await expect
    .poll(async () => (await h4.run(['cellblock', 'status'])).stdout, { timeout: 30_000 })
    .toMatch(/refused: (An administrator did not approve this host|This host was removed here at)/);
});

test('purge leaves nothing of us on the host: no file, link, filter, cgroup, user or process', async () => {
  test.setTimeout(180_000);
  const instance = instanceOfData(h2.file('var/lib/cellblock')) ?? '';
  expect(processesInCgroup(`cellblock-${instance}`).length, 'control: the jail is there').toBeGreaterThan(0);
  rmSync(h2.file('etc/cellblock/bounds.d/20-segment.yaml'));
  expect((await h2.run(['cellblock', 'down'])).exitCode).toBe(0);
  const purged = await h2.run(['cellblock', 'agent', 'purge', '--yes'], { timeoutMs: 120_000 });
  expect(purged, purged.stderr).toMatchObject({ exitCode: 0 });
  expect(difference(filesBefore, await h2.files())).toEqual([]);
  // One that has ended is there until its parent, the machine's init, has asked how.
  await expect.poll(() => processesInCgroup(`cellblock-${instance}`)).toEqual([]);
  const links = (await mustRun(['ip', '-o', 'link'], { netns: h2.netns })).stdout;
  expect(links.split('\n').filter((line) => line.includes(instance))).toEqual([]);
  expect((await mustRun(['nft', 'list', 'tables'], { netns: h2.netns })).stdout).toBe('');
  expect(readFileSync(h2.file('etc/passwd'), 'utf8')).not.toContain('cellblock');
  expect(existsSync(`/run/cellblock/${instance}`)).toBe(false);
});

/** A machine on the segment that passes everything on to the dashboard, with a lie at each port. */
async function startImpostor(): Promise<{ address: string; child: ChildProcess }> {
  const joined = await stand.segment.join('impostor');
  await giveAddresses(joined.name, 'eth0', 66);
  const { v4 } = addressesOf(66);
  const directory = path.dirname(stand.data);
  const [cert, key] = [path.join(directory, 'impostor.pem'), path.join(directory, 'impostor.key')];
  await mustRun([
    ...[
      'openssl',
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '2',
    ],
    ...['-subj', '/CN=impostor', '-addext', `subjectAltName=IP:${v4}`, '-out', cert, '-keyout', key],
  ]);
  const script = path.join(import.meta.dirname, 'stand/impostor.mjs');
  const lies = ['7421=archive', '7422=authority', '7423=none'];
  const [program = '', ...args] = inNetns(
    [process.execPath, script, stand.dashboardUrl, cert, key, ...lies],
    joined.netns,
  );
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return { address: v4, child };
}

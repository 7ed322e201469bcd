import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { JailSpec } from '@cellblock/shared/host-spec';
import { linkLocalOf } from '@cellblock/shared/link-local';
import { netnsPath, nftTableName, portName } from '@cellblock/shared/owned-names';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { attackFrames, linkLocalGroupFrame } from './attack-frames.ts';
import { addressSpec, interfaceSpec, jailSpec, networkSpec } from './spec-builders.ts';
import { Stand } from './stand.ts';

const RAW = join(import.meta.dirname, 'raw-frames.py');
const PYTHON = '/usr/bin/python3';

/** A segment that floods as segments do: on our own bridges a forged frame would reach nobody anyway. */
const lan = networkSpec(1, {
  parent: 'br-site',
  subnets: [
    { prefix: '10.77.1.0/24', gateway: '10.77.1.1' },
    { prefix: 'fd77:0:0:1::/64', gateway: null },
  ],
});
const [attacker, victim] = [1, 2].map((n) => jailSpec(n, { interfaces: [interfaceSpec(n, lan)] })) as [
  JailSpec,
  JailSpec,
];
const addresses = [
  addressSpec(1, attacker, '10.77.1.11'),
  addressSpec(2, attacker, 'fd77:0:0:1::11'),
  addressSpec(3, victim, '10.77.1.12'),
  addressSpec(4, victim, 'fd77:0:0:1::12'),
];
const macOf = (jail: JailSpec) => jail.interfaces[0]?.mac ?? '';
const frames = attackFrames(
  { mac: macOf(attacker), v4: '10.77.1.11', v6: 'fd77:0:0:1::11', linkLocal: linkLocalOf(macOf(attacker)) },
  { mac: macOf(victim), v4: '10.77.1.12', v6: 'fd77:0:0:1::12' },
  '10.77.1.1',
);

let stand: Stand;
beforeAll(async () => {
  stand = await Stand.open({ bounds: 'parents: [br-site]\n' });
  await stand.inside(null, 'ip', 'link', 'add', 'br-site', 'type', 'bridge');
  await stand.inside(null, 'ip', 'link', 'set', 'br-site', 'up');
  await stand.inside(null, 'ip', 'addr', 'add', '10.77.1.1/24', 'dev', 'br-site');
  await stand.start();
  await stand.accept([lan, attacker, victim, ...addresses]);
  await stand.until('converged', (s) => s.converged === 1 && s.accepted === 1);
});
afterAll(() => stand.close());

/** Names of the frames that reach `jail` when the attacker sends all of them. */
async function heardBy(jail: JailSpec): Promise<string[]> {
  const words = frames.map(({ name }) => `word-${name};`);
  const enter = (of: JailSpec) => [`--net=${netnsPath(stand.instance, of.key)}`, PYTHON, RAW];
  const listener = spawn('nsenter', [...enter(jail), 'hear', 'eth0', '1500', ...words]);
  let heard = '';
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.stdout.setEncoding('utf8').on('data', (text: string) => {
      heard += text;
      if (text.includes('listening')) resolve();
    });
  });
  const sender = spawn('nsenter', [...enter(attacker), 'send', 'eth0'], {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  sender.stdin.end(`${frames.map(({ hex }) => hex).join('\n')}\n`);
  await new Promise((resolve) => listener.once('exit', resolve));
  return frames.filter(({ name }) => heard.includes(`word-${name};`)).map(({ name }) => name);
}

test('a jail can send what is its own, and nothing else', async () => {
  expect(await heardBy(victim)).toEqual(frames.filter(({ allowed }) => allowed).map(({ name }) => name));
});

test('the host hears nothing that passes its guard by way of the group of LLDP', async () => {
  const port = portName(stand.instance, attacker.interfaces[0]?.key ?? '');
  const me = { mac: macOf(attacker), v4: '', v6: '', linkLocal: '' };
  const script =
    'import socket\ns = socket.socket(type=socket.SOCK_DGRAM)\ns.bind(("10.77.1.1", 2000))\ns.settimeout(1.5)\n' +
    'print("listening", flush=True)\ntry: print(s.recvfrom(99)[1][0])\nexcept TimeoutError: print("silence")';
  const hostHears = async () => {
    const listener = spawn('nsenter', [`--net=${stand.netns}`, PYTHON, '-c', script]);
    let heard = '';
    await new Promise<void>((resolve) => {
      listener.stdout.setEncoding('utf8').on('data', (text: string) => {
        heard += text;
        if (text.includes('listening')) resolve();
      });
    });
    const at = `--net=${netnsPath(stand.instance, attacker.key)}`;
    const sender = spawn('nsenter', [at, PYTHON, RAW, 'send', 'eth0'], {
      stdio: ['pipe', 'inherit', 'inherit'],
    });
    sender.stdin.end(`${linkLocalGroupFrame(me, '10.77.1.1', 2000)}\n`);
    await new Promise((resolve) => listener.once('exit', resolve));
    return heard.trim().split('\n').at(-1);
  };
  expect(await hostHears()).toBe('silence');
  // Control: it is the port's own filter that stops it.
  const filter = (value: string) =>
    stand.kernel.writeSysctl({ netns: stand.netns, key: `ipv4.conf.${port}.rp_filter`, value });
  await filter('0');
  expect(await hostHears()).toBe('10.77.1.99');
  await filter('1');
});

test('control: without the guard every one of these frames arrives', async () => {
  const table = nftTableName(stand.instance);
  await stand.stop();
  await stand.inside(null, 'nft', 'flush', 'chain', 'bridge', table, 'prerouting');
  try {
    expect(await heardBy(victim)).toEqual(frames.map(({ name }) => name));
  } finally {
    await stand.start();
  }
});

test('a guard that somebody flushed is mended by the agent, with nobody asking', async () => {
  await stand.until('mended', (s) => s.converged === 1);
  expect(await heardBy(victim)).toEqual(frames.filter(({ allowed }) => allowed).map(({ name }) => name));
});

test('a foreign bridge on the same host is unharmed', async () => {
  const run = (...args: string[]) => stand.inside(null, 'ip', ...args);
  await run('link', 'add', 'br-other', 'type', 'bridge');
  await run('link', 'set', 'br-other', 'up');
  await run('link', 'add', 'oa', 'type', 'veth', 'peer', 'name', 'ob');
  await run('link', 'add', 'oc', 'type', 'veth', 'peer', 'name', 'od');
  for (const link of ['oa', 'ob', 'oc', 'od']) await run('link', 'set', link, 'up');
  for (const port of ['ob', 'od']) await run('link', 'set', port, 'master', 'br-other');
  const netns = `--net=${stand.netns}`;
  const names = frames.map(({ name }) => name);
  const listener = spawn('nsenter', [
    netns,
    PYTHON,
    RAW,
    'hear',
    'oc',
    '1500',
    ...names.map((n) => `word-${n};`),
  ]);
  let heard = '';
  await new Promise<void>((resolve) => {
    listener.stdout.setEncoding('utf8').on('data', (text: string) => {
      heard += text;
      if (text.includes('listening')) resolve();
    });
  });
  const sender = spawn('nsenter', [netns, PYTHON, RAW, 'send', 'oa'], {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  sender.stdin.end(`${frames.map(({ hex }) => hex).join('\n')}\n`);
  await new Promise((resolve) => listener.once('exit', resolve));
  expect(names.filter((name) => heard.includes(`word-${name};`))).toEqual(names);
});

test('an address that somebody on the segment already has is refused with who answers', async () => {
  await stand.kernel.createNetns({ path: `${stand.netns}-outside` });
  try {
    await stand.inside(null, 'ip', 'link', 'add', 'up0', 'type', 'veth', 'peer', 'name', 'up1');
    await stand.inside(null, 'ip', 'link', 'set', 'up0', 'master', 'br-site', 'up');
    const move = `ip link set up1 netns /proc/self/fd/9`;
    await stand.inside(null, 'sh', '-c', `exec 9<${stand.netns}-outside; ${move}`);
    const outside = (command: string, ...args: string[]) => stand.outside(command, ...args);
    await outside('ip', 'link', 'set', 'up1', 'up');
    await outside('ip', 'addr', 'add', '10.77.1.50/24', 'dev', 'up1');
    const taken = addressSpec(9, victim, '10.77.1.50');
    await stand.accept([lan, attacker, victim, ...addresses, taken]);
    // A report may tell of the refusal before a pass has looked at the spec that wants the address.
    const status = await stand.until(
      'refused',
      ({ problems, addresses: seen }) =>
        problems.some(({ code }) => code === 'EADDRINUSE') && seen.some(({ id }) => id === taken.id),
    );
    expect(status.problems[0]?.message).toMatch(/answers for 10\.77\.1\.50/);
    expect(status.addresses.find(({ id }) => id === taken.id)?.state).toBe('waiting');
    // It is in the way of that address alone: another one of the same jail is given meanwhile.
    const another = addressSpec(10, victim, '10.77.1.52');
    await stand.accept([lan, attacker, victim, ...addresses, taken, another]);
    await stand.until('the other one', (s) =>
      s.addresses.some(({ id, state }) => id === another.id && state === 'present'),
    );

    // Control: once nobody answers any more, it is assigned, and announced to the segment.
    await outside('ip', 'addr', 'del', '10.77.1.50/24', 'dev', 'up1');
    await outside('ip', 'addr', 'add', '10.77.1.51/24', 'dev', 'up1');
    await outside(
      'ip',
      'neigh',
      'replace',
      '10.77.1.50',
      'lladdr',
      '02:00:00:00:00:99',
      'dev',
      'up1',
      'nud',
      'stale',
    );
    await stand.until(
      'assigned',
      ({ addresses }) => addresses.some(({ id, state }) => id === taken.id && state === 'present'),
      40_000,
    );
    await expect.poll(() => outside('ip', 'neigh', 'show', '10.77.1.50')).toContain(macOf(victim));
  } finally {
    await stand.kernel.removeNetns({ path: `${stand.netns}-outside` });
  }
});

test('the parent is as its owner made it', async () => {
  const addresses = await stand.inside(null, 'ip', '-o', '-4', 'addr', 'show', 'br-site');
  expect(addresses).toContain('10.77.1.1/24');
  const entries = await stand.inside(null, 'ip', 'neigh', 'show', 'dev', 'br-site', 'nud', 'permanent');
  expect(entries.trim()).toBe('');
});

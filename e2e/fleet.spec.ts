import { CLI_OUTPUT } from '@cellblock/shared/cli-output';
import { expect, test } from '@playwright/test';
import { dashboardOffTests } from './fleet/dashboard-off.ts';
import { silentHostTests } from './fleet/silent-host.ts';
import { type Fleet, makeFleet } from './stand/fleet.ts';
import { answerFrom, newNonce, nonceCommand } from './stand/nonce.ts';
import { mustRun, runProgram } from './stand/run-program.ts';
import { addressesOf, giveAddresses } from './stand/segment.ts';

test.describe.configure({ mode: 'serial' });

let fleet: Fleet;
const nonces = { one: newNonce(), two: newNonce() };
let addresses: Record<string, string[]> = {};
test.beforeAll(async () => {
  test.setTimeout(900_000);
  fleet = await makeFleet(['h1', 'h2']);
  await fleet.makeSegmentNetwork();
});
test.afterAll(async () => {
  test.setTimeout(180_000);
  await fleet?.close();
});

test('jails on two hosts that share a segment answer each other and an outside client, v4 and v6', async () => {
  test.setTimeout(180_000);
  const before = await parents();
  for (const [jail, host] of [
    ['one', 'h1'],
    ['two', 'h2'],
  ] as const) {
    const said = ['sh', '-c', 'echo "$0 serves"; exec "$@"', jail];
    await fleet.must(['create', jail, '--host', host, '--', ...said, ...nonceCommand(nonces[jail])]);
  }
  const jails = CLI_OUTPUT.ls.parse(await fleet.json('ls'));
  expect(jails.map(({ name, host }) => [name, host])).toEqual([
    ['one', 'h1'],
    ['two', 'h2'],
  ]);
  addresses = Object.fromEntries(jails.map(({ name, seen }) => [name, seen?.addresses ?? []]));
  expect(addresses.one).toHaveLength(2);
  for (const [jail, other] of [
    ['one', 'two'],
    ['two', 'one'],
  ] as const) {
    for (const address of addresses[jail] ?? []) {
      expect(await answerFrom(fleet.segment.outside, address), `outside ${address}`).toBe(nonces[jail]);
      expect(await answerFromJail(other, address), `${other} ${address}`).toBe(nonces[jail]);
    }
  }
  // What the administrator made is as it was: the parent's own addresses, and its other ports.
  expect(await parents()).toEqual(before);
});

async function answerFromJail(jail: string, address: string): Promise<string> {
  const ask =
    'use IO::Socket::IP; my $s = IO::Socket::IP->new(PeerHost => $ARGV[0], PeerPort => $ARGV[1], Timeout => 5) or die $@; print <$s>';
  const ended = await fleet.cellblock(['exec', jail, '--', 'perl', '-e', ask, address, '7777']);
  return ended.exitCode === 0 ? ended.stdout.trim() : ended.stderr;
}

/** Addresses and ports of each host's bridge that are none of ours. */
async function parents(): Promise<string[]> {
  const seen = await Promise.all(
    fleet.hosts.map(async (host) => {
      const ip = async (...words: string[]) => (await mustRun(['ip', '-n', host.name, ...words])).stdout;
      const own = JSON.parse(await ip('-j', 'addr', 'show', 'dev', 'seg0')) as {
        address: string;
        flags: string[];
        addr_info: { local: string; scope: string }[];
      }[];
      const ports = JSON.parse(await ip('-j', '-d', 'link', 'show', 'master', 'seg0')) as {
        ifname: string;
        linkinfo: { info_slave_data: object };
      }[];
      return [
        `${host.host} ${own[0]?.address} ${own[0]?.addr_info.map(({ local }) => local).join(' ')}`,
        ...ports
          .filter(({ ifname }) => !ifname.includes(host.instance()))
          .map(({ ifname }) => `${host.host} ${ifname}`),
      ];
    }),
  );
  return seen.flat();
}

test('an address that a stranger on the segment uses is refused, with who answers; a free one passes', async () => {
  test.setTimeout(120_000);
  const stranger = await fleet.segment.join('stranger');
  await giveAddresses(stranger.name, 'eth0', 66);
  const [link] = JSON.parse(
    (await mustRun(['ip', '-n', stranger.name, '-j', 'link', 'show', 'eth0'])).stdout,
  );
  for (const family of ['v4', 'v6'] as const) {
    const taken = addressesOf(66)[family];
    const refused = await fleet.cellblock(['ip', 'assign', 'one', taken]);
    expect(refused.exitCode, refused.stderr).not.toBe(0);
    expect(refused.stderr).toContain(link.address);
    expect(refused.stderr).toContain(taken);
    // Control: the same act with an address that nobody uses.
    const free = addressesOf(67)[family];
    await fleet.must(['ip', 'assign', 'one', free]);
    expect(await answerFrom(fleet.segment.outside, free)).toBe(nonces.one);
  }
  await runProgram(['ip', '-n', stranger.name, 'link', 'set', 'eth0', 'down']);
});

test.describe('a silent host', () => silentHostTests(() => ({ fleet, nonces })));
test.describe('no dashboard', () => dashboardOffTests(() => ({ fleet, nonces })));

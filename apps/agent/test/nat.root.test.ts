import { nftTableName } from '@cellblock/shared/owned-names';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nonceServer } from './nonce-server.ts';
import { addressSpec, interfaceSpec, jailSpec, networkSpec } from './spec-builders.ts';
import { Stand } from './stand.ts';

const lan = networkSpec(1, { nat: true });
const jail = jailSpec(1, {
  interfaces: [interfaceSpec(1, lan)],
  settings: { command: nonceServer('from-the-jail') },
});
const addresses = [addressSpec(1, jail, '10.77.1.11'), addressSpec(2, jail, 'fd77:0:0:1::11')];
const BOUNDS = 'hostSettings: [net.ipv4.ip_forward, net.ipv6.conf.all.forwarding]\n';

/** Connects and prints what the other end says; without an answer within a second it prints nothing. */
const CALL = `use IO::Socket::IP; $SIG{ALRM} = sub { exit 0 }; alarm 1;
my $s = IO::Socket::IP->new(PeerHost => $ARGV[0], PeerPort => $ARGV[1], Timeout => 1) or exit 0; print <$s>;`;
/** Tells the first who connects by what address it sees them. */
const TELL = `use IO::Socket::IP; my $l = IO::Socket::IP->new(LocalAddr => "::", LocalPort => 9000, Listen => 4, V6Only => 0, ReuseAddr => 1) or die;
$SIG{ALRM} = sub { exit 0 }; alarm 4; my $c = $l->accept; print $c $c->peerhost;`;

let stand: Stand;
beforeAll(async () => {
  stand = await Stand.open({ bounds: BOUNDS });
  await stand.kernel.createNetns({ path: `${stand.netns}-outside` });
  await stand.inside(null, 'ip', 'link', 'add', 'up0', 'type', 'veth', 'peer', 'name', 'down0');
  await stand.inside(null, 'ip', 'link', 'set', 'down0', 'netns', `${stand.netns}-outside`);
  const ip = (...args: string[]) => stand.inside(null, 'ip', ...args);
  const far = (...args: string[]) => stand.outside('ip', ...args);
  for (const [of, link, v4, v6] of [
    [ip, 'up0', '192.0.2.1/24', '2001:db8::1/64'],
    [far, 'down0', '192.0.2.2/24', '2001:db8::2/64'],
  ] as const) {
    await of('addr', 'add', v4, 'dev', link);
    await of('addr', 'add', v6, 'dev', link, 'nodad');
    await of('link', 'set', link, 'up');
  }
  // Who is on the segment of a host can always send it what is for its jails.
  await far('route', 'add', '10.77.1.0/24', 'via', '192.0.2.1');
  await far('-6', 'route', 'add', 'fd77:0:0:1::/64', 'via', '2001:db8::1');
  await stand.start();
  await stand.accept([lan, jail, ...addresses]);
  await stand.until('converged', (s) => s.converged === 1 && s.accepted === 1);
});
afterAll(async () => {
  await stand.kernel.removeNetns({ path: `${stand.netns}-outside` }).catch(() => undefined);
  await stand.close();
});

const flush = (chain: string) =>
  stand.inside(null, 'nft', 'flush', 'chain', 'inet', nftTableName(stand.instance), chain);

/** By what address a machine outside sees the jail when that calls it at `address`; empty: not at all. */
async function seenAs(address: string): Promise<string> {
  const told = stand.outside('/usr/bin/perl', '-e', TELL);
  await expect.poll(() => stand.outside('ss', '-Hltn', 'sport', '=', ':9000')).not.toBe('');
  const seen = await stand.inside(jail.key, '/usr/bin/perl', '-e', CALL, address, '9000');
  await told;
  return seen.replace('::ffff:', '');
}
const outsideHears = (address: string) => stand.outside('/usr/bin/perl', '-e', CALL, address, '8080');

test('outside a jail is seen by the address of its host', async () => {
  expect(await seenAs('192.0.2.2')).toBe('192.0.2.1');
  expect(await seenAs('2001:db8::2')).toBe('2001:db8::1');
});

test('nobody outside begins a conversation with a jail; control: without the rules the jail answers', async () => {
  await expect
    .poll(() => stand.inside(null, '/usr/bin/perl', '-e', CALL, '10.77.1.11', '8080'))
    .toContain('jail');
  expect(await outsideHears('10.77.1.11')).toBe('');
  expect(await outsideHears('fd77:0:0:1::11')).toBe('');
  await stand.stop();
  await flush('forward');
  expect(await outsideHears('10.77.1.11')).toContain('from-the-jail');
  expect(await outsideHears('fd77:0:0:1::11')).toContain('from-the-jail');
  await flush('postrouting');
  // The route that was added above lets the answer come back all the same.
  expect(await seenAs('192.0.2.2')).toBe('10.77.1.11');
  await stand.start();
  await expect.poll(() => outsideHears('10.77.1.11'), { timeout: 15_000 }).toBe('');
  await expect.poll(() => seenAs('192.0.2.2'), { timeout: 15_000 }).toBe('192.0.2.1');
});

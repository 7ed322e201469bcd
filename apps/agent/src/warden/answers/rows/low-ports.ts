import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stage } from '../../stage/stage.ts';
import { found, type StageRow } from '../row.ts';
import { AS_NOBODY } from './two-jails.ts';

const SERVER = '127.0.0.1';
const NAME = 'answers.cellblock.test';
/** Of RFC 5737: nobody has it, and nobody is asked for it. */
const ADDRESS = '192.0.2.32';
const SERVES_FOR_S = 20;

/** A name server (RFC 1035): it knows one address, and says of anything but an address that there is none. */
const NAME_SERVER = `use IO::Socket::INET; alarm ${SERVES_FOR_S};
my $s = IO::Socket::INET->new(Proto => "udp", LocalAddr => "${SERVER}", LocalPort => 53); my $why = $!;
open(my $ready, ">", $ARGV[0]) or die "$!\\n"; close $ready;
$s or die "port 53: $why\\n";
while ($s->recv(my $q, 512)) {
  my $end = 12; $end += 1 + ord substr $q, $end, 1 while ord substr $q, $end, 1;
  my ($question, $type) = (substr($q, 12, $end - 7), unpack "n", substr $q, $end + 1, 2);
  my $record = $type == 1 ? pack("nnnNnC4", 0xc00c, 1, 1, 1, 4, split /[.]/, "${ADDRESS}") : "";
  $s->send(substr($q, 0, 2) . pack("n5", 0x8180, 1, $record ? 1 : 0, 0, 0) . $question . $record);
}
`;
const SERVE_80 = `use IO::Socket::INET; IO::Socket::INET->new(Listen => 1, LocalAddr => "${SERVER}", LocalPort => 80) or die "port 80: $!\\n"; print "bound\\n"`;

/** Begins to serve names, asks by the resolver of the C library, and serves on port 80. Not `getent ahosts`: it asks
 *  nobody where there is no address but the loopback's. */
const script = (o: { at: string; ready: string; user: string }) => `
rm -f ${o.ready}; ${o.user} perl ${o.at}/name-server ${o.ready} & server=$!
for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do test -e ${o.ready} && break; sleep 0.1; done
getent hosts ${NAME}; ${o.user} perl ${o.at}/serve-80; kill $server 2>/dev/null; :`;

export const lowPorts: StageRow = {
  id: 'H32',
  async answer(stage) {
    const programs = await programsOf(stage);
    const jail = await stage.jail({
      dns: [SERVER],
      view: [{ kind: 'bind', source: programs, target: '/h32' }],
    });
    const inside = await jail.sh(script({ at: '/h32', ready: '/tmp/ready', user: '' }), { uid: 1000 });
    // What the jail's resolver reads is all that is in the control's /etc.
    const etc = join(programs, 'etc');
    await mkdir(etc);
    for (const file of ['resolv.conf', 'nsswitch.conf', 'hosts'])
      await writeFile(join(etc, file), (await jail.sh(`cat /etc/${file}`)).stdout);
    await stage.drop(jail.key);
    // A user of the host gets there by no path: the shell stands there already.
    const apart = (user: string) =>
      stage.apart(
        `ip link set lo up; echo 1024 > /proc/sys/net/ipv4/ip_unprivileged_port_start
        cd ${programs}; mount --bind ${etc} /etc; ${script({ at: '.', ready: 'ready', user })}`,
        { flags: ['--net'] },
      );
    const [asUser, asRoot] = [await apart(AS_NOBODY), await apart('')];
    const resolved = ({ stdout }: { stdout: string }) => stdout.includes(ADDRESS);
    const both = (ended: { stdout: string }) => resolved(ended) && /^bound$/m.test(ended.stdout);
    return {
      probe: found(
        both(inside),
        `uid 1000 of the jail serves names at port 53 and asks for ${NAME} by the jail's own resolv.conf, and serves at port 80: ${inside.stdout} ${inside.stderr}`,
      ),
      control: found(
        both(asRoot) &&
          !resolved(asUser) &&
          !asUser.stdout.includes('bound') &&
          /denied/i.test(asUser.stderr),
        `by the same resolv.conf a user where nothing was arranged: ${asUser.stdout} ${asUser.stderr}, and root there: ${asRoot.stdout} ${asRoot.stderr}`,
      ),
    };
  },
};

async function programsOf(stage: Stage): Promise<string> {
  const directory = await stage.source('h32', 0o777);
  await writeFile(join(directory, 'name-server'), NAME_SERVER);
  await writeFile(join(directory, 'serve-80'), SERVE_80);
  return directory;
}

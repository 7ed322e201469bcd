import { execFileSync } from 'node:child_process';
import { netnsPath } from '@cellblock/shared/owned-names';
import { type AgentHost, type BenchJail, objectsOf } from '../agent/agent-host.ts';
import { newestReceipt, receiptsSince, stepTimes } from '../agent/step-times.ts';
import { BRIDGE } from '../bridge.ts';
import { timeInTurn } from '../clock.ts';
import type { MeasuredRow } from '../report.ts';
import { type Spread, short, spreadOf } from '../statistics.ts';
import { Witness } from '../witness.ts';

const SLEEP = ['/bin/sleep', '1000000'];
const PEER = 'bench-peer';

interface Sample {
  jails: number;
  assign: Spread;
  release: Spread;
}

/** An address is assigned to a running jail and released, with more and more jails on the host. */
export async function a3(
  host: AgentHost,
  o: { sizes: number[]; rounds: number; profile: () => Promise<string> },
): Promise<MeasuredRow> {
  const jails: BenchJail[] = [];
  const samples: Sample[] = [];
  for (const size of o.sizes) {
    const more = Array.from({ length: size - jails.length }, () => host.jail(SLEEP));
    jails.push(...more);
    await host.put(objectsOf(more));
    await host.settled(900_000);
    samples.push(await assignAndRelease(host, jails, o.rounds));
  }
  await host.put(objectsOf([]));
  await host.destroy(jails);
  const peer = await peerTimes(o.rounds);
  const profile = await o.profile();
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last) throw new Error('nothing was measured');
  const both = (sample: Sample) => sample.assign.median + sample.release.median;
  const growth = both(last) / both(first);
  const toPeer = Math.max(...samples.map(({ assign }) => assign.median)) / peer.assign;
  const released = Math.max(...samples.map(({ release }) => release.median)) / peer.release;
  const cells = (who: string, spread: Spread, against: number) => [
    who,
    short(spread.median),
    `${short(spread.least)} … ${short(spread.p90)}`,
    String(spread.count),
    short(spread.median / against),
  ];
  return {
    id: 'A3',
    what: "Assign and release an address on a running jail: from the ledger written to the kernel's acknowledgement",
    target:
      'p50 ≤ 0.1 × `ip -n NS addr add` and announcement as processes; the same at 1,000 jails as at 10 (± 20 %)',
    verdict: [
      {
        met: toPeer <= 0.1,
        says: `assigned in ${short(toPeer)} × the processes' time, at the worst size (at most 0.1)`,
      },
      {
        met: released <= 0.1,
        says: `released in ${short(released)} × \`ip -n NS addr del\` alone, at the worst size`,
      },
      {
        // Fewer than the target names cannot show that it is met.
        met: last.jails >= 1000 ? growth <= 1.2 : null,
        says: `at ${last.jails} jails ${short(growth)} × the time at ${first.jails} (0.8 to 1.2)`,
      },
    ],
    tables: [
      {
        title: 'Seen from outside: the ledger by inotify, the kernel by its netlink events',
        head: ['what', 'median ms', 'least … p90', 'runs', "× the processes'"],
        rows: [
          ...samples.flatMap(({ jails, assign, release }) => [
            cells(`assign, ${jails} jails`, assign, peer.assign),
            cells(`release, ${jails} jails`, release, peer.release),
          ]),
          ...peer.spreads.map(([name, spread]) =>
            cells(name, spread, name.includes('del') ? peer.release : peer.assign),
          ),
        ],
      },
    ],
    notes: [
      'assigned: the guard lets it send, its link carries it and the bridge answers for it; released: none of them does',
      ...(toPeer <= 0.1
        ? []
        : [
            `Why: three changes of the kernel (guard, address, neighbour) are three ways from the agent to another thread and back, each with a receipt that is signed meanwhile; on a busy machine each way waits for a processor, as a process does once. The change is planned for its jail alone, without a look at the host. A host that profiled itself over ${profile}`,
          ]),
    ],
  };
}

/** A host whose agent profiles itself, and how often an address is assigned and released there. */
export async function assignOften(host: AgentHost, rounds: number): Promise<string> {
  const jails = Array.from({ length: 10 }, () => host.jail(SLEEP));
  await host.put(objectsOf(jails));
  await host.settled();
  const [chosen] = jails;
  if (!chosen) throw new Error('there is no jail');
  const before = await newestReceipt(host);
  for (let round = 0; round < rounds; round += 1) {
    const address = host.address(chosen.jail, 4);
    await host.put([address]);
    await host.settled();
    await host.put([{ ...address, wanted: 'absent' }]);
    await host.settled();
    await host.put([], [address]);
    await host.settled();
  }
  const steps = stepTimes(await receiptsSince(host, before), rounds);
  await host.destroy(jails);
  return steps;
}

async function assignAndRelease(host: AgentHost, jails: BenchJail[], rounds: number): Promise<Sample> {
  const chosen = jails[Math.floor(jails.length / 2)];
  if (!chosen) throw new Error('there is no jail');
  const { jail } = chosen;
  const witness = await Witness.start({
    netns: netnsPath(host.stand.instance, jail.key),
    here: host.stand.netns,
    files: [host.journal],
  });
  const assign: number[] = [];
  const release: number[] = [];
  try {
    for (let round = -3; round < rounds; round += 1) {
      const address = host.address(jail, 4);
      const seen = async (sign: RegExp) => {
        const written = await witness.first(/^written$/, host.journal);
        const carried = await witness.first(sign, address.address);
        const answered = await witness.first(/^neighbour/, address.address);
        return Math.max(carried, answered) - written;
      };
      witness.clear();
      await host.put([address]);
      const assigned = await seen(/^address\+$/);
      await host.settled();
      witness.clear();
      await host.put([{ ...address, wanted: 'absent' }]);
      const released = await seen(/^address-$/);
      await host.settled();
      await host.put([], [address]);
      await host.settled();
      if (round < 0) continue;
      assign.push(assigned);
      release.push(released);
    }
  } finally {
    await witness.end();
  }
  return { jails: jails.length, assign: spreadOf(assign), release: spreadOf(release) };
}

/** What a shell script would do: a process for the address, one for the announcement. */
async function peerTimes(rounds: number) {
  const ip = (...args: string[]) => execFileSync('/sbin/ip', args);
  ip('netns', 'add', PEER);
  try {
    ip('link', 'add', 'peer0', 'master', BRIDGE, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', PEER);
    ip('link', 'set', 'peer0', 'up');
    ip('-n', PEER, 'link', 'set', 'eth0', 'up');
    ip('-n', PEER, 'addr', 'add', '10.88.9.1/16', 'dev', 'eth0');
    const address = '10.88.9.9';
    const add = {
      name: 'ip -n NS addr add',
      argv: ['/sbin/ip', '-n', PEER, 'addr', 'add', `${address}/16`, 'dev', 'eth0'],
    };
    // arping stays for a whole second after its frame has left; the kernel announces with arp_notify at once.
    execFileSync('/usr/bin/nsenter', [
      `--net=/run/netns/${PEER}`,
      'sysctl',
      '-qw',
      'net.ipv4.conf.eth0.arp_notify=1',
    ]);
    const tell = {
      name: 'ip -n NS link set address (announcement)',
      argv: ['/sbin/ip', '-n', PEER, 'link', 'set', 'eth0', 'address', '02:88:00:00:00:09'],
    };
    const remove = {
      name: 'ip -n NS addr del',
      argv: ['/sbin/ip', '-n', PEER, 'addr', 'del', `${address}/16`, 'dev', 'eth0'],
    };
    const timings = await timeInTurn([add, tell, remove], rounds);
    const median = (name: string) => timings.get(name)?.wall.median ?? Number.NaN;
    return {
      assign: median(add.name) + median(tell.name),
      release: median(remove.name),
      spreads: [...timings].map(([name, { wall }]): [string, Spread] => [name, wall]),
    };
  } finally {
    ip('netns', 'del', PEER);
  }
}

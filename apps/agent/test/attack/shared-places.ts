import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JailSettings } from '@cellblock/shared/jail-spec';
import { ViewMount } from '@cellblock/shared/view-mount';
import { PROGRAMS } from './attack-site.ts';

/** A group that the agent is in, and no jail. */
export const GROUP_OF_AGENT = 4242;
const PROBES = '/probes';
const MEETINGS = '/meetings';
const APPEARS_WITHIN_MS = 20_000;

/**
 * Directories of the host that jails of an agent are shown by their view. Each attacker has a meeting place with a peer
 * of its own, in one jail that sees the directory above it too: no attacker waits for another's peer.
 */
export class SharedPlaces {
  readonly directory: string;
  readonly node: string;

  constructor(directory: string) {
    this.directory = directory;
    this.node = join(directory, 'data/zero');
  }

  /** `meetings`: one name for each who meets a peer. */
  furnish(meetings: string[]): void {
    const places = ['probes', 'read-only', 'data', 'host-ids', 'meetings'];
    for (const place of [...places, ...meetings.flatMap((name) => [above(name), meeting(name)])]) {
      mkdirSync(join(this.directory, place), { recursive: true });
      chmodSync(join(this.directory, place), 0o777);
    }
    for (const name of meetings)
      writeFileSync(join(this.directory, above(name), 'beyond-what-is-shared'), 'not shared');
    copyFileSync(join(PROGRAMS, 'probe'), join(this.directory, 'probes/probe'));
    copyFileSync(join(PROGRAMS, 'probe'), join(this.directory, 'data/set-user-id'));
    chmodSync(join(this.directory, 'data/set-user-id'), 0o4755);
    execFileSync('mknod', ['-m', '666', this.node, 'c', '1', '5']);
    for (const place of ['data', 'host-ids']) {
      const secret = join(this.directory, place, 'secret-of-a-group');
      writeFileSync(secret, 'for a group of the agent alone', { mode: 0o640 });
      execFileSync('chgrp', [String(GROUP_OF_AGENT), secret]);
    }
  }

  /** As bounds name it. It lies below a closed directory: what is made set-user-id there is nothing to the host's users. */
  get prefix(): string {
    return `{ path: ${this.directory}, writable: true }`;
  }

  /** The jail in which the peers are. */
  peers(): Pick<JailSettings, 'view' | 'command'> {
    const play = `for place in ${MEETINGS}/*; do ${PROBES}/probe --victim $place/inner & done; wait`;
    return {
      view: [
        this.#bind('probes', PROBES, { readOnly: true }),
        this.#bind('meetings', MEETINGS, { readOnly: false }),
      ],
      command: ['/bin/sh', '-c', play],
    };
  }

  /** Set-user-id programs count in `/data`: what takes their power there is the jail's profile alone. */
  attackerView(name: string): ViewMount[] {
    return [
      this.#bind(meeting(name), '/inner', { readOnly: false }),
      this.#bind('read-only', '/read-only', { readOnly: true, idmapped: true }),
      this.#bind('data', '/data', { readOnly: false, nosuid: false }),
      this.#bind('host-ids', '/host-ids', { readOnly: true, idmapped: false }),
    ];
  }

  /** Of whoever sees what an attacker does not: the directory above the meeting place. */
  wholeView(name: string): ViewMount[] {
    return [
      this.#bind(above(name), '/whole', { readOnly: false }),
      this.#bind('data', '/data', { readOnly: false }),
    ];
  }

  /** What an attacker is told of them; `pid`: the peers' first process on the host. */
  environment(name: string, pid: number): Record<string, string> {
    return {
      PROBE_PEER: '/inner/victim.sock',
      PROBE_READ_ONLY: '/read-only',
      PROBE_NODE: '/data/zero',
      PROBE_SUID_PROGRAM: '/data/set-user-id',
      PROBE_SECRET: '/host-ids/secret-of-a-group',
      PROBE_SECRET_AT: this.#fact(name, 'secret'),
      PROBE_VICTIM: this.#onHost(pid, this.#fact(name, 'pid')),
    };
  }

  /** All peers serve. */
  async begun(meetings: string[]): Promise<void> {
    const end = Date.now() + APPEARS_WITHIN_MS;
    while (!meetings.every((name) => existsSync(join(this.directory, meeting(name), 'victim')))) {
      if (Date.now() > end) throw new Error('not every peer serves');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** What reached a peer that should not have. */
  harm(name: string): string {
    return readFileSync(join(this.directory, meeting(name), 'harm'), 'utf8');
  }

  #bind(place: string, target: string, how: object): ViewMount {
    return ViewMount.parse({ kind: 'bind', source: join(this.directory, place), target, ...how });
  }

  /** A line of what a peer says of itself. */
  #fact(name: string, word: string): string {
    const text = readFileSync(join(this.directory, meeting(name), 'victim'), 'utf8');
    return new RegExp(`^${word} (.*)$`, 'm').exec(text)?.[1] ?? '';
  }

  /** The host's number of a child that has another inside. */
  #onHost(parent: number, inside: string): string {
    const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim().split(' ');
    const found = children.find((pid) =>
      new RegExp(`^NSpid:\\s.*\\b${inside}$`, 'm').test(readFileSync(`/proc/${pid}/status`, 'utf8')),
    );
    if (!found) throw new Error(`no child of ${parent} is ${inside} inside: ${children}`);
    return found;
  }
}

const above = (name: string): string => join('meetings', name);
const meeting = (name: string): string => join(above(name), 'inner');

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { queueKey, removePosixQueue, removeQueue, victimsNonce } from '../../stage/ipc-objects.ts';
import type { Stage } from '../../stage/stage.ts';
import { refusedInJail } from '../probes.ts';
import { found, type StageRow } from '../row.ts';
import { plainJail } from './plain-jail.ts';
import { AS_USER } from './two-jails.ts';
import { walkJail } from './w-host-power.ts';

/** A process of the host that bears everything: what reaches it is written down by itself. */
async function withVictim<T>(stage: Stage, use: (told: Record<string, string>) => Promise<T>): Promise<T> {
  const nonce = `${victimsNonce(stage.nonce)}${randomBytes(2).toString('hex')}`;
  const directory = await stage.source('victim');
  // In a pid namespace of its own, as whoever asks from outside is in another.
  const victim = ['--pid', '--fork', '--kill-child', await stage.probe(), '--victim', directory];
  const child = spawn('unshare', victim, {
    env: { ...stage.environment, PROBE_NONCE: nonce } as unknown as NodeJS.ProcessEnv,
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  try {
    let facts = '';
    for (let looks = 0; facts === '' && looks < 200; looks += 1) {
      facts = await readFile(join(directory, 'victim'), 'utf8').catch(() => '');
      if (facts === '') await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const fact = (name: string) => new RegExp(`^${name} (\\S+)$`, 'm').exec(facts)?.[1] ?? '';
    return await use({
      NONCE: nonce,
      VICTIM: (await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')).trim(),
      SECRET_AT: fact('secret'),
      QUEUE: queueKey(nonce),
      ABSTRACT: `probe-${nonce}`,
    });
  } finally {
    child.kill('SIGKILL');
    await ended;
    // The queue is the kernel's: it outlives whoever made it.
    await removeQueue(nonce);
  }
}

export const tasksSeparated: StageRow = {
  id: 'H4',
  async answer(stage) {
    const jail = await plainJail(stage);
    return withVictim(stage, (told) =>
      refusedInJail(
        stage,
        jail,
        [
          ...['victim-seen', 'victim-memory', 'victim-memory-read', 'victim-traced', 'victim-signalled'],
          ...['victim-limits', 'victim-priority', 'victim-affinity', 'victim-environment', 'kcmp'],
          ...['key-added', 'keyring-of-session'],
        ],
        { told },
      ),
    );
  },
};

const LIST = 'ls /proc | grep -c "^[0-9]"';
/** With a fresh /proc in a mount namespace of its own: that of the host stays as it is, and may be either. */
async function withProc(stage: Stage, hidepid: 'invisible' | 'off', script: string): Promise<string> {
  const ended = await stage.apart(`mount -t proc -o hidepid=${hidepid} proc /proc && ${script}`);
  return ended.stdout.trim() + ended.stderr.trim();
}
const hidden = (stage: Stage, script: string) => withProc(stage, 'invisible', script);
const shown = (stage: Stage, script: string) => withProc(stage, 'off', script);

export const tasksHiddenFromListing: StageRow = {
  id: 'H5',
  async answer(stage) {
    const jail = await plainJail(stage);
    const inside = Number((await jail.sh(LIST)).stdout);
    const asUser = Number(await hidden(stage, `${AS_USER} '${LIST}; :'`));
    const outside = Number(await shown(stage, `${AS_USER} '${LIST}; :'`));
    return {
      probe: found(
        inside > 0 && inside < 10 && asUser > 0 && asUser < 10,
        `listed in the jail: ${inside}; to a user of the host with hidepid=invisible: ${asUser}`,
      ),
      control: found(outside > 10, `to the same user without it: ${outside}`),
    };
  },
};

export const tasksHiddenFromLookup: StageRow = {
  id: 'H6',
  async answer(stage) {
    const walk = await walkJail(stage);
    const count = (item: string) =>
      Number(walk.find((finding) => finding.group === 'process' && finding.item === item)?.detail);
    const [listed, answering] = [count('in the listing'), count('answers when asked by number')];
    const look = 'ls /proc/1 >/dev/null && echo found';
    const asUser = await hidden(stage, `${AS_USER} '${look}; :'`);
    const outside = await shown(stage, `${AS_USER} '${look}; :'`);
    return {
      probe: found(
        answering === listed && !asUser.includes('found'),
        `every number was asked in the jail: ${answering} answer, ${listed} are listed; /proc/1 to a user of the host with hidepid=invisible: ${asUser}`,
      ),
      control: found(outside.includes('found'), 'without it the same look finds /proc/1'),
    };
  },
};

export const othersSeeNoChange: StageRow = {
  id: 'H7',
  async answer(stage) {
    const asRoot = Number(await hidden(stage, LIST));
    const plain = Number(await shown(stage, LIST));
    const user = Number(await shown(stage, `${AS_USER} '${LIST}; :'`));
    const hiddenUser = Number(await hidden(stage, `${AS_USER} '${LIST}; :'`));
    const near = (a: number, b: number) => Math.abs(a - b) < 0.2 * b + 10;
    return {
      probe: found(
        near(asRoot, plain) && near(user, plain),
        `root sees ${asRoot} with hidepid and ${plain} without; a user sees ${user} without it`,
      ),
      control: found(hiddenUser < 10, `with it that user sees ${hiddenUser}`),
    };
  },
};

/** mq_open(3), to read: perl has no name for it, and the kernel has one number for each architecture. */
const MQ_OPEN = process.arch === 'arm64' ? 180 : 240;
const OPEN_QUEUE = `perl -e 'syscall(${MQ_OPEN}, $ARGV[0], 0, 0, 0) < 0 ? print "$!\\n" : print "opened\\n"'`;

export const ipcOfItsOwn: StageRow = {
  id: 'H28',
  async answer(stage) {
    const jail = await plainJail(stage);
    return withVictim(stage, async (told) => {
      const memory = `/dev/shm/${told.NONCE}`;
      const look = `ipcs -q | grep -c ${told.QUEUE}; ls ${memory} 2>&1`;
      const queue = `posix-${told.NONCE}`;
      const place = await stage.source('mqueue');
      // The file system shows the queues of whoever mounts it: here those of the host.
      const atQueues = (script: string) =>
        stage.apart(`mount -t mqueue mqueue ${place} && cd ${place} && { ${script}; }`);
      const list = (directory: string) => `ls -A ${directory}; cat ${directory}/${queue} 2>&1`;
      try {
        await stage.outside(['/bin/sh', '-c', `echo x > ${memory}`]);
        await atQueues(`: > ${queue}`);
        const inside = await jail.sh(`${look}; ${OPEN_QUEUE} ${queue} 2>&1`);
        const files = await jail.sh(`: > /dev/mqueue/own; ${list('/dev/mqueue')}; rm /dev/mqueue/own`);
        const outside = await stage.outside(['/bin/sh', '-c', `${look}; ${OPEN_QUEUE} ${queue}`]);
        const filesOutside = await atQueues(list('.'));
        const lines = outside.stdout.trim().split('\n');
        const fileLines = filesOutside.stdout.trim().split('\n');
        return {
          probe: found(
            /^0\n.*No such file.*\nNo such file/.test(inside.stdout) &&
              /^own\n.*No such file/.test(files.stdout),
            `a queue, a POSIX memory and a POSIX queue of the host: the jail has ${inside.stdout.trim()}; where POSIX queues are files, one that it made and not that of the host: ${files.stdout.trim()} ${files.stderr.trim()}`,
          ),
          control: found(
            lines[0] === '1' &&
              lines[1] === memory &&
              lines[2] === 'opened' &&
              fileLines.includes(queue) &&
              filesOutside.stdout.includes('QSIZE:'),
            `a plain child has all: ${outside.stdout.trim()} ${outside.stderr.trim()}, and in its file system ${filesOutside.stdout.trim()} ${filesOutside.stderr.trim()}`,
          ),
        };
      } finally {
        // They outlive whoever made them, and go too when the run is ended in the middle.
        await rm(memory, { force: true });
        await removePosixQueue(queue);
      }
    });
  },
};

export const noSocketAcross: StageRow = {
  id: 'H33',
  async answer(stage) {
    const jail = await plainJail(stage);
    const refused = await withVictim(stage, (told) =>
      refusedInJail(stage, jail, ['abstract-socket'], { told }),
    );
    const made = new Set(
      (await walkJail(stage))
        .filter(({ group, detail }) => group === 'socket' && detail === 'can be made')
        .map(({ item }) => item),
    );
    const works = ['netlink 0', 'unix stream', 'unix datagram'].filter((item) => made.has(item));
    return {
      probe: found(
        refused.probe.asExpected && works.length === 3,
        `inside can be made: ${works.join(', ')}; ${refused.probe.evidence}`,
      ),
      control: refused.control,
    };
  },
};

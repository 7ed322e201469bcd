import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ANSWER_ROWS } from '@cellblock/shared/answers/all-rows';
import { cgroupParent, netnsDirectory } from '@cellblock/shared/owned-names';
import { ALL_CHECKS } from '../../checks/all-checks.ts';
import { CGROUP_CHECKS } from '../../checks/cgroup-checks.ts';
import { runChecks } from '../../checks/host-check.ts';
import type { Stage } from '../../stage/stage.ts';
import { found, Skipped, type StageRow } from '../row.ts';
import { plainJail } from './plain-jail.ts';
import { AS_NOBODY, AS_USER, twoJails } from './two-jails.ts';

/** What there is of a jail, in every place where a jail leaves something. */
async function tracesOf(stage: Stage, key: string): Promise<string[]> {
  const { kernel, instance, ids, records, paths } = stage.host;
  const is = (name: string) => name === key;
  return [
    ...(await kernel.listNetns({ directory: netnsDirectory(instance) })).filter(is).map(() => 'namespace'),
    ...(await kernel.listCgroups({ parent: cgroupParent(instance) })).filter(is).map(() => 'control group'),
    ...(await records.keys()).filter(is).map(() => 'storage'),
    ...(await ids.list())
      .filter((claim) => claim.instance === instance && is(claim.jailKey))
      .map(() => 'ids'),
    ...(await kernel.listMounts({ under: join(paths.jails, key) })).map(() => 'mount'),
  ];
}

export const wholeLife: StageRow = {
  id: 'H1',
  async answer(stage) {
    const jail = await stage.jail();
    const entered = await jail.sh('echo entered');
    const during = await tracesOf(stage, jail.key);
    await stage.drop(jail.key);
    const after = await tracesOf(stage, jail.key);
    return {
      probe: found(
        entered.stdout === 'entered\n' && after.length === 0,
        `created, started, entered, stopped and destroyed; of it are left: ${after.join(', ') || 'nothing'}`,
      ),
      control: found(during.length >= 4, `the same look while it ran finds ${during.join(', ')}`),
    };
  },
};

export const readOnlyBinds: StageRow = {
  id: 'H3',
  async answer(stage) {
    const jail = await stage.jail({ readOnly: true });
    const write =
      'touch /var/tmp/h3 && echo wrote; mount -o remount,rw /var; touch /var/tmp/h3 && echo wrote; :';
    const inside = await jail.sh(write);
    const onHost = await stage.outside(['touch', join(jail.paths.storage, 'var/tmp/by-the-host')]);
    const other = await (await plainJail(stage)).sh('touch /var/tmp/h3 && echo wrote; :');
    await stage.drop(jail.key);
    return {
      probe: found(
        !inside.stdout.includes('wrote') && onHost.code === 0,
        `in the jail: ${inside.stderr.trim()}; the host writes there`,
      ),
      control: found(other.stdout.includes('wrote'), 'a jail that has it writable writes there'),
    };
  },
};

export const sharedPartsReadOnly: StageRow = {
  id: 'H20',
  async answer(stage) {
    const jails = await twoJails(stage);
    const tries = await Promise.all(
      jails.map((jail) => jail.sh('stat -c %d:%i /usr/bin; touch /usr/h20 && echo wrote; :')),
    );
    const same = new Set(tries.map(({ stdout }) => stdout.split('\n')[0])).size === 1;
    const control = await (await plainJail(stage)).sh('touch /var/tmp/h20 && echo wrote; :');
    return {
      probe: found(
        same && tries.every(({ stdout }) => !stdout.includes('wrote')),
        `both show the very same /usr: ${tries.map(({ stderr }) => stderr.trim()).join('; ')}`,
      ),
      control: found(control.stdout.includes('wrote'), "the same touch in the jail's own storage succeeds"),
    };
  },
};

export const ownersKnown: StageRow = {
  id: 'H21',
  async answer(stage) {
    const [a, b] = await twoJails(stage);
    await a.sh(': > /var/tmp/h21 && chown 1234 /var/tmp/h21; : > /tmp/h21');
    const name = 'var/tmp/h21';
    const owner = [a, b].filter((jail) =>
      statSync(join(jail.paths.storage, name), { throwIfNoEntry: false }),
    );
    const inMemory = await stage.outside(['stat', '-c', '%u', `/proc/${a.pid}/root/tmp/h21`]);
    const uid = Number(inMemory.stdout);
    const byRange = [a, b].filter(({ idBase }) => uid >= idBase && uid < idBase + 65_536);
    const open = await stage.source('h21');
    const control = await stage.outside(['/bin/sh', '-c', `: > ${open}/f && stat -c %u ${open}/f`]);
    return {
      probe: found(
        owner.length === 1 && owner[0] === a && byRange.length === 1 && byRange[0] === a,
        `a file in storage lies in the subtree of exactly one jail (${owner.map(({ key }) => key)}), one in memory has an id of its range alone (${uid})`,
      ),
      control: found(
        Number(control.stdout) === 0,
        `a file of the host belongs to ${control.stdout.trim()}, which is in no range`,
      ),
    };
  },
};

export const oneEntry: StageRow = {
  id: 'H22',
  async answer(stage) {
    const jail = await plainJail(stage);
    await jail.sh('cp /usr/bin/id /var/tmp/h22 && chmod 4755 /var/tmp/h22');
    const path = join(jail.paths.storage, 'var/tmp/h22');
    const refused = await stage.outside(['/bin/sh', '-c', `${AS_USER} '${path} -u; :'`]);
    const enter = await stage.outside([
      '/bin/sh',
      '-c',
      `${AS_USER} 'nsenter --target ${jail.pid} --mount --pid id -u; :'`,
    ]);
    const entered = await jail.sh('/var/tmp/h22 -u; cat /proc/self/uid_map');
    const open = await stage.source('h22');
    const control = await stage.outside([
      '/bin/sh',
      '-c',
      `cp /usr/bin/id ${open}/h22 && cd ${open} && ${AS_USER} './h22 -u; :'`,
    ]);
    return {
      probe: found(
        refused.stdout.trim() === '' && enter.stdout.trim() === '' && entered.stdout.startsWith('0\n'),
        `a user of the host: by path: ${refused.stderr.trim()}; into its namespaces: ${enter.stderr.trim()}; by the agent it runs as root of the jail alone`,
      ),
      control: found(
        /^\d+$/.test(control.stdout.trim()),
        'the same program in an open directory runs for that user',
      ),
    };
  },
};

const PAST_MODES = '--inh-caps=+dac_override --ambient-caps=+dac_override';

export const whoMayEnter: StageRow = {
  id: 'H23',
  async answer(stage) {
    const jail = await plainJail(stage);
    const ids = await Promise.all([0, 1000].map((uid) => jail.exec(['id', '-u'], { uid })));
    const { localSocket } = stage.host.paths;
    const reach = `perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Peer=>"${localSocket}") or die "$!\\n"; print "connected\\n"'`;
    const root = await stage.outside(['/bin/sh', '-c', reach]);
    if (!root.stdout.includes('connected'))
      throw new Skipped(`this agent serves no socket for root to ask at: ${root.stderr.trim()}`);
    const ask = `/bin/sh -c '${reach.replaceAll("'", "'\\''")}; :'`;
    const user = await stage.outside(['/bin/sh', '-c', `${AS_NOBODY} ${ask}`]);
    // The same user at the same socket, whom no mode of a file or directory keeps away.
    const past = await stage.outside(['/bin/sh', '-c', `${AS_NOBODY} ${PAST_MODES} ${ask}`]);
    return {
      probe: found(
        ids.map(({ stdout }) => stdout.trim()).join() === '0,1000' && !user.stdout.includes('connected'),
        `root and uid 1000 both run in the jail; a user of the host who asks the agent himself: ${user.stderr.trim()}. Who may ask at the dashboard is decided there, by role.`,
      ),
      control: found(
        past.stdout.includes('connected'),
        `the same user asks where modes of files count for nothing: ${past.stdout.trim()}${past.stderr.trim()}`,
      ),
    };
  },
};

const FILE_WORK = `set -e
cd "$1"; mkdir d; : > d/f; ln -s f d/s; ln d/f d/h; mv d/h d/g; mkfifo d/p; chmod 4711 d/f; chown 12:34 d/f
truncate -s 5000 d/f; echo x >> d/g; cp -a d e; touch -d 2001-02-03 d/g; perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local=>"d/u",Listen=>1) or die'
exec 9<>d/p; ls -la d >/dev/null; rm -r d e; echo done`;

export const normalFileWork: StageRow = {
  id: 'H24',
  async answer(stage) {
    const jail = await plainJail(stage);
    const inside = await jail.exec(['/bin/sh', '-c', `mkdir -p /var/h24; ${FILE_WORK}`, 'sh', '/var/h24']);
    const node = await jail.sh('mknod /var/h24/null c 1 3');
    const control = await jail.exec(['/bin/sh', '-c', FILE_WORK, 'sh', '/usr']);
    return {
      probe: found(
        inside.stdout.includes('done') && node.code !== 0,
        `directories, links, fifos, sockets, modes, owners, times and sizes: ${inside.stdout.trim()} ${inside.stderr.trim()}; a device: ${node.stderr.trim()}`,
      ),
      control: found(
        !control.stdout.includes('done'),
        `the same in /usr, which is read only: ${control.stderr.trim()}`,
      ),
    };
  },
};

export const terminalsOfItsOwn: StageRow = {
  id: 'H25',
  async answer(stage) {
    const [a, b] = await twoJails(stage);
    const works = await Promise.all(
      [a, b].map((jail) => jail.sh("script -qec 'tty; test -t 0 && echo terminal' /dev/null")),
    );
    const device = async (root: string) =>
      (await stage.outside(['stat', '-c', '%d', `${root}/dev/pts`])).stdout.trim();
    const [host, inA, inB, child] = await Promise.all([
      device(''),
      device(`/proc/${a.pid}/root`),
      device(`/proc/${b.pid}/root`),
      device('/proc/self/root'),
    ]);
    return {
      probe: found(
        works.every(({ stdout }) => /\/dev\/pts\/\d+\s+terminal/.test(stdout)) &&
          new Set([host, inA, inB]).size === 3,
        `each opens a terminal (${works.map(({ stdout }) => stdout.split('\r')[0]?.trim()).join(', ')}); three file systems of terminals: ${host}, ${inA}, ${inB}`,
      ),
      control: found(child === host, "a plain child has the host's"),
    };
  },
};

export const oneCommand: StageRow = {
  id: 'H34',
  async answer(stage) {
    const jail = await stage.jail();
    const said = await jail.sh('echo works');
    const lives = existsSync(`/proc/${jail.pid}`);
    await stage.drop(jail.key);
    const broken = await stage.jail({ command: ['/no/such'] }).then(
      () => 'it was made',
      (error: Error) => error.message,
    );
    return {
      probe: found(
        said.stdout === 'works\n' && lives,
        `a jail of which nothing is said but that it is one runs as process ${jail.pid} and says ${said.stdout.trim() || said.stderr.trim()}; at a terminal that is cellblock create NAME`,
      ),
      control: found(
        /no\/such/.test(broken),
        `one whose command is not there is not called a jail that works: ${broken}`,
      ),
    };
  },
};

export const openList: StageRow = {
  id: 'H35',
  async answer(stage) {
    const checks = await runChecks(ALL_CHECKS, {
      kernel: stage.host.kernel,
      dataDirectory: stage.host.paths.data,
      isOurTable: () => false,
    });
    const complete = checks.filter(
      ({ verdict, evidence, lost }) => evidence !== '' && (verdict === 'have' || lost !== undefined),
    );
    const rows = ANSWER_ROWS.filter(({ id }) => id.startsWith('H'));
    const blind = await runChecks(CGROUP_CHECKS, {
      kernel: { ...stage.host.kernel, listControllers: async () => [] },
      dataDirectory: stage.host.paths.data,
      isOurTable: () => false,
    });
    return {
      probe: found(
        complete.length === checks.length && rows.length >= 27,
        `${checks.length} things that this host has or lacks, each with evidence, and of what it lacks what is lost; ${rows.length} rows of mail H are answered live`,
      ),
      control: found(
        blind.every(({ verdict }) => verdict !== 'have'),
        `on a host without controllers the same checks say: ${blind.map(({ id, verdict }) => `${id} ${verdict}`).join(', ')}`,
      ),
    };
  },
};

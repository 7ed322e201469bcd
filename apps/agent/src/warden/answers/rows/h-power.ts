import { readFileSync, readlinkSync } from 'node:fs';
import { attemptsInside, attemptsOutside, compared } from '../probe-lines.ts';
import { all, attemptsInJail, attemptsOutside as attemptsOfHost, refusedInJail } from '../probes.ts';
import { found, type StageRow } from '../row.ts';
import { jailOfProfile, plainJail } from './plain-jail.ts';
import { twoJails } from './two-jails.ts';
import { walkByRecipe, walkJail } from './w-host-power.ts';

const statusOf = (pid: number | 'self', field: string) =>
  new RegExp(`^${field}:\\s+(.*)$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';

const SET_NAMES = 'hostname of-its-own; domainname domain-of-its-own; uname -n; domainname; :';

export const ownName: StageRow = {
  id: 'H17',
  async answer(stage) {
    const [a, b] = await twoJails(stage);
    const host = (await stage.outside(['uname', '-n'])).stdout.trim();
    const system = await jailOfProfile(stage, 'system');
    const set = await system.sh(SET_NAMES);
    const isSet = set.stdout.includes('of-its-own');
    const said = await Promise.all([a, b].map((jail) => jail.sh('uname -n; domainname')));
    const names = said.map(({ stdout }) => stdout.split('\n')[0] ?? '');
    const domains = said.map(({ stdout }) => stdout.split('\n')[1]);
    const after = (await stage.outside(['uname', '-n'])).stdout.trim();
    const apart = await stage.apart(SET_NAMES, { flags: ['--uts'] });
    const isOwn = names[0] === a.spec.settings.hostname && names[1] === b.spec.settings.hostname;
    return {
      probe: found(
        isOwn &&
          domains.every((name) => name === '(none)') &&
          after === host &&
          !names.includes(host) &&
          !isSet &&
          set.stdout.includes(system.key),
        `names inside: ${names.join(', ')}, and of NIS domains ${domains.join(', ')}; root of a whole distribution cannot change its own: ${set.stdout.trim()} ${set.stderr.trim()}; the host is ${after} still`,
      ),
      control: found(
        host !== '' && apart.stdout.split('of-its-own').length === 3,
        `a plain child sees the host's name, ${host}; the host's root in a name space of its own changes both: ${apart.stdout.trim()} ${apart.stderr.trim()}`,
      ),
    };
  },
};

export const procReadOnly: StageRow = {
  id: 'H26',
  async answer(stage) {
    const open = (walk: Awaited<ReturnType<typeof walkJail>>) =>
      walk.filter(
        ({ group, item }) =>
          group === 'kernel-file' && item.startsWith('/proc/') && !item.startsWith('/proc/self/'),
      );
    const inside = open(await walkJail(stage));
    const readable = (await (await plainJail(stage)).sh('cat /proc/cpuinfo /proc/self/stat | wc -l')).stdout;
    const outside = open(await walkByRecipe(stage));
    return {
      probe: found(
        inside.length === 0 && Number(readable) > 1,
        inside.length === 0
          ? 'no file of /proc outside its own process opens for writing, and it can be read'
          : `opens for writing: ${inside.slice(0, 5).map(({ item }) => item)}`,
      ),
      control: found(outside.length > 50, `the same walk by the recipe of 2013 opens ${outside.length}`),
    };
  },
};

/** Where the limit is higher the same number may be asked for by everybody: no capability is needed to show it. */
const FILES = 256;
const MORE_FILES = `ulimit -n ${FILES + 1} && echo raised to $(ulimit -n)`;

export const nothingRaised: StageRow = {
  id: 'H29',
  async answer(stage) {
    const jail = await plainJail(stage);
    const few = await stage.jail({ resourceLimits: { nofile: FILES } });
    const more = await few.sh(MORE_FILES);
    await stage.drop(few.key);
    const moreOutside = await stage.outside(['/bin/sh', '-c', MORE_FILES]);
    const isRaised = ({ stdout }: { stdout: string }) => stdout.includes(`raised to ${FILES + 1}`);
    // A host that is a guest itself may lack what raises a limit, and shows nothing then.
    const hostRaises = has(statusOf('self', 'CapEff'), WITHOUT.SYS_RESOURCE);
    const raised = await refusedInJail(stage, jail, [
      'scheduler-fifo',
      'scheduler-round-robin',
      'nicer-than-others',
      ...(hostRaises ? ['limit-nice-raised'] : []),
    ]);
    // The host's own limit of files may stand where the kernel lets nobody raise it (fs.nr_open): no control.
    const alone = ['limit-files-raised', ...(hostRaises ? [] : ['limit-nice-raised'])];
    const held = all(await attemptsInJail(stage, jail, alone), alone, 'HELD');
    const relabel = 'echo x > /proc/self/attr/exec';
    const label = await jail.sh(relabel);
    const labelOfHost = await stage.apart(relabel);
    // Where nobody labels, the write fails for everybody and says nothing about the jail.
    const labels = labelOfHost.code === 0;
    return {
      probe: found(
        raised.probe.asExpected &&
          held.asExpected &&
          !isRaised(more) &&
          /not permitted/.test(more.stderr) &&
          (!labels || label.code !== 0),
        `${raised.probe.evidence}; of ${FILES} files to one more: ${more.stderr.trim()}; what no host may raise: ${held.evidence}; its label${labels ? '' : ', which is not judged, as the host cannot write it either'}: ${label.stderr.trim()}`,
      ),
      control: found(
        raised.control.asExpected && isRaised(moreOutside),
        `${raised.control.evidence}; where the limit is higher the same number of files is ${moreOutside.stdout.trim()}${moreOutside.stderr.trim()}`,
      ),
    };
  },
};

/** capabilities(7): what mail H takes away, and what it leaves. */
const WITHOUT = { SYS_MODULE: 16, SYS_RESOURCE: 24, SYS_TIME: 25, MKNOD: 27, NET_ADMIN: 12 };
const WITH = { SYS_CHROOT: 18, NET_BIND_SERVICE: 10 };
const has = (set: string, bit: number) => ((BigInt(`0x${set}`) >> BigInt(bit)) & 1n) === 1n;
const SERVE_80 =
  'perl -MIO::Socket::INET -e \'IO::Socket::INET->new(Listen=>1,LocalAddr=>"127.0.0.1",LocalPort=>80) or die "$!\\n"; print "bound\\n"\'';

const REFUSED = ['module-init', 'clock-set', 'node-memory', 'kernel-log'];
const REFUSED_SHOWN = ['node-memory', 'kernel-log'];
const ADDRESS = '192.0.2.1';
const ADD_ADDRESS = `ip addr add ${ADDRESS}/32 dev lo; ip -o addr show dev lo && echo looked`;

export const boundingSet: StageRow = {
  id: 'H30',
  async answer(stage) {
    const jail = await plainJail(stage);
    const inside = (
      await jail.sh("grep ^CapBnd: /proc/self/status | tr -cd '0-9a-f\\n' | tail -c 17")
    ).stdout.trim();
    const set = inside.slice(-16);
    const ours = statusOf('self', 'CapBnd');
    const held = Object.entries(WITHOUT).filter(([, bit]) => has(set, bit));
    const lacks = Object.entries(WITH).filter(([, bit]) => !has(set, bit));
    const acts = await jail.sh(`chroot / /bin/true && echo chrooted; ${SERVE_80}`);
    const refused = all(await attemptsInJail(stage, jail, REFUSED), REFUSED, 'HELD');
    const control = all(await attemptsOfHost(stage, REFUSED_SHOWN), REFUSED_SHOWN, 'BREACH');
    const addressInside = await jail.sh(ADD_ADDRESS);
    const addressOutside = await stage.apart(ADD_ADDRESS, { flags: ['--net'] });
    const isAdded = ({ stdout }: { stdout: string }) => stdout.includes(ADDRESS);
    return {
      probe: found(
        held.length === 0 &&
          lacks.length === 0 &&
          refused.asExpected &&
          addressInside.stdout.includes('looked') &&
          !isAdded(addressInside) &&
          /chrooted\s+bound/.test(acts.stdout),
        `bounding set ${set}: none of ${Object.keys(WITHOUT).join(', ')}; chroot and port 80: ${acts.stdout.trim()} ${acts.stderr.trim()}; an address: ${addressInside.stderr.trim()}; ${refused.evidence}`,
      ),
      control: found(
        control.asExpected &&
          isAdded(addressOutside) &&
          Object.entries(WITHOUT).some(([, bit]) => has(ours, bit)),
        `the agent's own set ${ours} has them; in a network of its own the address is added; ${control.evidence}`,
      ),
    };
  },
};

/** capabilities(7) */
const SYS_PACCT = 20;
const SYS_BOOT = 22;
/** The one that the machine began with has the same number on every kernel (PROC_PID_INIT_INO). */
const FIRST_PID_NAMESPACE = 'pid:[4026531836]';
const SECURITY = '/sys/kernel/security';
/** What shows the security servers need not be mounted on a host, and may not be where that is a guest itself. */
const SHOW_SECURITY = `mount -t securityfs securityfs ${SECURITY} 2>/dev/null`;

export const noSystemControl: StageRow = {
  id: 'H31',
  async answer(stage) {
    const jail = await plainJail(stage);
    const asked = ['kernel-log', 'swap-on', 'swap-off', 'accounting', 'reboot', 'read-sys-security'];
    const inside = await attemptsInside(jail, { names: asked });
    const outside = await attemptsOutside(stage, { names: asked, script: SHOW_SECURITY });
    const security = await stage.apart(`${SHOW_SECURITY}; ls -A ${SECURITY}`);
    // A host that is a guest itself may lack what these need, and a kernel may have no security servers.
    const may = (bit: number) => has(statusOf('self', 'CapEff'), bit);
    const shown = [
      ...['kernel-log', 'swap-on', 'swap-off'],
      ...(may(SYS_PACCT) ? ['accounting'] : []),
      ...(may(SYS_BOOT) && readlinkSync('/proc/self/ns/pid') === FIRST_PID_NAMESPACE ? ['reboot'] : []),
      ...(security.stdout.trim() === '' ? [] : ['read-sys-security']),
    ];
    return compared(inside, outside, { asked, shown });
  },
};

export const oneTemplateManyJails: StageRow = {
  id: 'H36',
  async answer(stage) {
    const [a, b] = await twoJails(stage);
    const strict = await jailOfProfile(stage, 'strict');
    const fields = ['CapBnd', 'CapEff', 'NoNewPrivs', 'Seccomp', 'Seccomp_filters'];
    const power = (pid: number) => fields.map((field) => `${field} ${statusOf(pid, field)}`).join(', ');
    const [first, second, other] = [a, b, strict].map(({ pid }) => power(pid));
    const params = (jail: typeof a) => `${jail.spec.settings.hostname} at ${jail.idBase}`;
    return {
      probe: found(
        first === second && params(a) !== params(b),
        `two jails of the profile daemon: ${params(a)}, ${params(b)}; both ${first}`,
      ),
      control: found(other !== first, `one of the profile strict: ${other}`),
    };
  },
};

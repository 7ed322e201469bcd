import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { IdRanges } from '../../id-ranges.ts';
import { programsDirectory } from '../../programs-directory.ts';
import { claimMany, toldOf } from '../many-ranges.ts';
import { byRecipeOf2013 } from '../recipe-of-2013.ts';
import { found, type StageRow } from '../row.ts';
import { everyId } from './every-id.ts';
import { plainJail } from './plain-jail.ts';
import { asRootOf, twoJails } from './two-jails.ts';

const statusOf = (pid: number | 'self', field: string) =>
  new RegExp(`^${field}:\\s+(.*)$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';

export const nobodysRoot: StageRow = {
  id: 'W2',
  async answer(stage) {
    const jail = await plainJail(stage);
    const uids = statusOf(jail.pid, 'Uid').split(/\s+/).map(Number);
    const programs = ['spawn', 'keeper', 'probe'].map((name) => join(programsDirectory(), name));
    const setuid = programs.filter((path) => (statSync(path).mode & 0o6000) !== 0);
    const recipe = await byRecipeOf2013('grep ^Uid: /proc/self/status; exit 0');
    const su = statSync('/usr/bin/su', { throwIfNoEntry: false });
    return {
      probe: found(
        uids.every((uid) => uid >= jail.idBase && uid < jail.idBase + 65_536) && setuid.length === 0,
        `the jail's root is uid ${uids[0]} of the host; of ${programs.length} programs of ours ${setuid.length} are set-user-id`,
      ),
      control: found(
        /^Uid:\s+0\s/.test(recipe.stdout) && su !== undefined && (su.mode & 0o4000) !== 0,
        `by the recipe of 2013 root is uid ${/\d+/.exec(recipe.stdout)?.[0]} of the host; the same look finds that su is set-user-id`,
      ),
    };
  },
};

const mapOf = (text: string) => text.trim().split(/\s+/).map(Number) as [number, number, number];
const overlap = (a: readonly number[], b: readonly number[]) =>
  (a[1] ?? 0) < (b[1] ?? 0) + (b[2] ?? 0) && (b[1] ?? 0) < (a[1] ?? 0) + (a[2] ?? 0);

export const rangesOfTheirOwn: StageRow = {
  id: 'W3',
  async answer(stage) {
    const [a, b] = await twoJails(stage);
    const maps = [a, b].map(({ pid }) => mapOf(readFileSync(`/proc/${pid}/uid_map`, 'utf8')));
    const [first = [], second = []] = maps;
    const claims = (await stage.host.ids.list()).filter(({ jailKey }) => [a.key, b.key].includes(jailKey));
    const recorded = [a, b].every(({ key, idBase }) =>
      claims.some((claim) => claim.jailKey === key && claim.base === idBase),
    );
    const recipe = await byRecipeOf2013('cat /proc/self/uid_map');
    const identity = mapOf(recipe.stdout);
    const registry = await stage.source('w3-registry');
    const many = await claimMany(() => [new IdRanges({ registry }), new IdRanges({ registry })]);
    // Each agent has a directory of its own, and after a start a fresh one: nothing is known of anybody's claims.
    let directories = 0;
    const alone = () => new IdRanges({ registry: join(stage.directory, `w3-alone${directories++}`) });
    const without = await claimMany(() => [alone(), alone()]);
    return {
      probe: found(
        !overlap(first, second) &&
          recorded &&
          first[1] === a.idBase &&
          second[1] === b.idBase &&
          many.twice === 0 &&
          many.lost === 0,
        `written from the host: ${maps.map((map) => map.join(' ')).join(' and ')}; both recorded as claimed, no id twice; ${toldOf(many)}`,
      ),
      control: found(
        overlap(identity, first) && overlap(identity, second) && without.twice > 0 && without.lost > 0,
        `the map of the recipe, ${identity.join(' ')}, overlaps both by the same comparison; where no claim is recorded for others, ${toldOf(without)}`,
      ),
    };
  },
};

export const untranslatedOnDisk: StageRow = {
  id: 'W4',
  async answer(stage) {
    const jail = await plainJail(stage);
    const made =
      await jail.sh(`mkdir -p /var/tmp/w4-d && chown 7:1234 /var/tmp/w4-d && chmod 2775 /var/tmp/w4-d
      : > /var/tmp/w4-d/f && stat -c '%u %g' /var/tmp/w4-d/f`);
    const inGroup = statSync(join(jail.paths.storage, 'var/tmp/w4-d/f')).gid;
    const every = await everyId({
      directory: join(jail.paths.storage, 'var/tmp/w4'),
      inside: '/var/tmp/w4',
      enter: (command) => jail.exec(command),
      owner: 0,
      base: jail.idBase,
    });
    // The same user namespace without an idmapped mount.
    const open = join(await stage.source('w4'), 'open');
    const plain = await everyId(
      {
        directory: open,
        inside: '.',
        enter: (command) =>
          stage.outside(['/bin/sh', '-c', `cd ${open} && exec ${asRootOf(jail)} "$@"`, 'sh', ...command]),
        owner: jail.idBase,
        base: jail.idBase,
      },
      65_536 - 4_096,
    );
    return {
      probe: found(
        made.code === 0 &&
          [every.asked, every.same, every.seen].every((n) => n === 65_536) &&
          inGroup === 1234 &&
          made.stdout.trim() === '0 1234',
        `of ${every.asked} ids ${every.same} are on disk what they were made inside, as owner and as group, and ${every.seen} are inside what they are on disk; a set-group-id directory gives group ${inGroup} ${made.stderr}`,
      ),
      control: found(
        plain.asked > 0 && plain.same === 0 && plain.higher === plain.asked,
        `without the idmapped mount ${plain.higher} of ${plain.asked} ids are on disk higher by ${jail.idBase}`,
      ),
    };
  },
};

export const noOneElsesQuota: StageRow = {
  id: 'W16',
  async answer(stage) {
    const [a, b] = await twoJails(stage);
    const fill =
      "prlimit --nproc=8 /bin/sh -c 'for i in 1 2 3 4 5 6 7 8 9 10; do sleep 6 >/dev/null 2>&1 & done'";
    const one = "prlimit --nproc=8 /bin/sh -c '/bin/true; echo forked'";
    const full = await a.sh(fill, { uid: 1000 });
    const self = await a.sh(one, { uid: 1000 });
    const neighbour = await b.sh(one, { uid: 1000 });
    const user = 'setpriv --reuid=64996 --regid=64996 --clear-groups';
    const outside = await stage.outside(['/bin/sh', '-c', `${user} ${fill}; ${user} ${one}`]);
    await stage.outside(['/bin/sh', '-c', `${user} /bin/sh -c 'kill -9 -1'`]);
    const refused = (text: string) => /[Cc]annot fork|Resource temporarily/.test(text);
    return {
      probe: found(
        refused(full.stderr) && refused(self.stderr) && neighbour.stdout.includes('forked'),
        `uid 1000 of one jail is at its limit (${full.stderr.trim()}); uid 1000 of the other forks: ${neighbour.stdout.trim()}`,
      ),
      control: found(
        refused(outside.stderr) && !outside.stdout.includes('forked'),
        `two of one uid on the host share the limit: ${outside.stderr.trim()}`,
      ),
    };
  },
};

import { readFileSync, readlinkSync, statSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KERNEL_MOUNTS } from '@cellblock/shared/own-mounts';
import { proveView } from '../../view/prove-view.ts';
import { found, type Row } from '../row.ts';
import { mountLines, mountOf } from './mount-lines.ts';
import { plainJail } from './plain-jail.ts';
import { otherViewJail, viewJail } from './view-jail.ts';

const VFS = ['tmpfs', 'proc', 'sysfs', 'devpts', 'mqueue', 'overlay', 'devtmpfs', 'cgroup', 'cgroup2'];
const place = (path: string) => {
  const { dev, ino } = statSync(path);
  return `${dev}:${ino}`;
};

/** What a view is made of, and that it is what was declared. */
export const HOW_A_VIEW_IS_MADE: readonly Row[] = [
  {
    id: 'M1',
    async answer(stage) {
      const { jail, dir2 } = await viewJail(stage);
      const mounts = mountLines(jail.mountinfo());
      const ofHost = new Set(
        mountLines(readFileSync('/proc/self/mountinfo', 'utf8')).map(({ type }) => type),
      );
      const types = [...new Set(mounts.map(({ type }) => type))];
      const strange = types.filter(
        (type) => type.startsWith('fuse') || (!VFS.includes(type) && !ofHost.has(type)),
      );
      const source = place(join(dir2, 'from-the-host'));
      const shown = (await jail.sh('stat -c %d:%i /dir2/from-the-host')).stdout.trim();
      const copy = join(stage.programs, 'copy');
      await copyFile(join(dir2, 'from-the-host'), copy);
      return {
        probe: found(
          strange.length === 0 && shown === source,
          `${mounts.length} mounts of ${types.join(', ')}; /dir2/from-the-host is inode ${shown} in the jail, ${source} on the host`,
        ),
        control: found(place(copy) !== source, `a copy of the file is inode ${place(copy)}`),
      };
    },
  },
  {
    id: 'M3',
    async answer(stage) {
      const { jail } = await viewJail(stage);
      const declared = [...jail.spec.settings.view.map(({ target }) => target), ...KERNEL_MOUNTS].map(
        (path) => path.split('/')[1] ?? '',
      );
      const wanted = [...new Set(declared)].sort().join(' ');
      const seen = (await jail.sh('LC_ALL=C ls -A /')).stdout.trim().split('\n').sort().join(' ');
      const root = mountLines(jail.mountinfo()).find(({ path }) => path === '/');
      const bound = await stage.source('bound-root');
      const name = `written-${stage.nonce}`;
      const into = await jail.sh(`touch /${name} 2>&1`);
      const control = await stage.apart(
        `d=${bound}; m=$(mktemp -d -p ${stage.directory}); mount --bind $d $m && cd $m && touch ./${name}`,
      );
      const leaked = (await stage.outside(['ls', `/${name}`])).code === 0;
      return {
        probe: found(
          seen === wanted && root?.type === 'tmpfs' && !leaked,
          `/ is ${root?.type} and holds ${seen}; a file put there: ${into.stdout.trim() || 'made, in its own tmpfs'}, and on the host there is none`,
        ),
        control: found(
          control.code === 0 && statSync(join(bound, name), { throwIfNoEntry: false }) !== undefined,
          'with a directory of the host bound as the root, the file put there is on the host',
        ),
      };
    },
  },
  {
    id: 'M4',
    async answer(stage) {
      const { jail, dir2 } = await viewJail(stage);
      const original = mountOf(mountLines(readFileSync('/proc/self/mountinfo', 'utf8')), dir2);
      const shown = mountLines(jail.mountinfo()).find(({ path }) => path === '/dir2');
      const plain = await stage.apart(
        `m=$(mktemp -d -p ${stage.directory}); mount --bind ${dir2} $m && grep " $m " /proc/self/mountinfo`,
      );
      const bound = mountLines(plain.stdout)[0];
      const flags = (options: readonly string[] = []) =>
        options.filter((each) => each !== 'relatime').join(',');
      return {
        probe: found(
          shown !== undefined &&
            flags(shown.options) !== flags(original?.options) &&
            shown.options.includes('ro'),
          `in the jail ${flags(shown?.options)}, the original on the host ${flags(original?.options)}`,
        ),
        control: found(
          bound !== undefined && flags(bound.options) === flags(original?.options),
          `a plain bind has the flags of the original: ${flags(bound?.options)}`,
        ),
      };
    },
  },
  {
    id: 'M7',
    async answer(stage) {
      const ours = readlinkSync('/proc/self/ns/mnt');
      const jail = await plainJail(stage);
      const inside = readlinkSync(`/proc/${jail.pid}/ns/mnt`);
      const child = (await stage.outside(['readlink', '/proc/self/ns/mnt'])).stdout.trim();
      return {
        probe: found(inside !== ours, `pid 1 of the jail: ${inside}, the host: ${ours}`),
        control: found(child === ours, `a plain child: ${child}, the host: ${ours}`),
      };
    },
  },
  {
    id: 'M12',
    async answer(stage) {
      const { jail } = await viewJail(stage);
      const other = await otherViewJail(stage);
      const proof = await proveView({ host: stage.host }, jail.spec);
      const strange = await proveView({ host: stage.host }, { ...other.spec, settings: jail.spec.settings });
      const wrong = (rows: typeof proof.rows) => rows.filter(({ verdict }) => verdict !== 'same');
      return {
        probe: found(
          proof.holds,
          proof.holds
            ? `${proof.rows.length} mounts, each with the path, source and flags that were declared`
            : wrong(proof.rows)
                .map(({ path, verdict, difference }) => `${path} ${verdict} ${difference}`)
                .join(', '),
        ),
        control: found(
          !strange.holds,
          `the table of another jail, compared with this spec: ${wrong(strange.rows)
            .map(({ path, verdict }) => `${path} ${verdict}`)
            .join(', ')}`,
        ),
      };
    },
  },
];

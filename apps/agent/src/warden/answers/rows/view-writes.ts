import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ended, StageJail } from '../../stage/stage-jail.ts';
import { found, type Row } from '../row.ts';
import { otherViewJail, systemViewJail, viewJail } from './view-jail.ts';

/** A nonce is written where it must be, or must not: what counts is where it is found afterwards. */
const textAt = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
};
const said = ({ stdout, stderr }: Ended) => (stdout + stderr).trim().replace(/^.*: /, '');
const put = (jail: StageJail, path: string, text: string) => jail.sh(`echo ${text} > ${path}`);

/** Who may write where, and who sees it. */
export const WHO_MAY_WRITE: readonly Row[] = [
  {
    id: 'M5',
    async answer(stage) {
      const { jail, dir1 } = await viewJail(stage);
      await put(jail, '/dir1/from-the-jail', `jail-${stage.nonce}`);
      await writeFile(join(dir1, 'to-the-jail'), `host-${stage.nonce}`);
      const out = textAt(join(dir1, 'from-the-jail'));
      const into = (await jail.sh('cat /dir1/to-the-jail')).stdout.trim();
      await put(jail, '/dev/shm/from-the-jail', `own-${stage.nonce}`);
      const own = textAt('/dev/shm/from-the-jail');
      const inside = (await jail.sh('cat /dev/shm/from-the-jail')).stdout.trim();
      return {
        probe: found(
          out === `jail-${stage.nonce}` && into === `host-${stage.nonce}`,
          `the host reads ${out}, the jail reads ${into}`,
        ),
        control: found(
          inside === `own-${stage.nonce}` && own === null,
          `what the jail writes where nothing is bound (/dev/shm, ${inside}) the host does not see`,
        ),
      };
    },
  },
  {
    id: 'M6',
    async answer(stage) {
      const { jail, dir2 } = await viewJail(stage);
      const other = await otherViewJail(stage);
      const refused = await put(jail, '/dir2/by-the-jail', stage.nonce);
      await writeFile(join(dir2, 'by-the-host'), stage.nonce);
      await put(other, '/dir2/by-the-other', stage.nonce);
      const seen = (await jail.sh('cat /dir2/by-the-host /dir2/by-the-other')).stdout.split('\n');
      const written = textAt(join(dir2, 'by-the-jail'));
      const plain = await stage.apart(
        `m=$(mktemp -d -p ${stage.directory}); mount --bind ${dir2} $m && echo ${stage.nonce} > $m/by-a-plain-bind`,
      );
      const bothSeen = seen.join('') === stage.nonce.repeat(2);
      return {
        probe: found(
          written === null && bothSeen,
          `the jail: ${said(refused)}; host and another jail wrote, and the jail ${bothSeen ? 'reads both' : 'does not read both'}`,
        ),
        control: found(
          plain.code === 0 && textAt(join(dir2, 'by-a-plain-bind')) === stage.nonce,
          'through a plain bind of the same directory the file was written',
        ),
      };
    },
  },
  {
    id: 'M8',
    async answer(stage) {
      const { jail } = await viewJail(stage);
      const refused = await jail.sh('mkdir /made && echo made');
      const elsewhere = await jail.sh('mkdir /dir1/made && rmdir /dir1/made && echo made');
      const plain = await stage.apart(
        `m=$(mktemp -d -p ${stage.directory}); mount -t tmpfs none $m && mkdir $m/made && echo made`,
      );
      return {
        probe: found(
          refused.stdout.trim() !== 'made' && elsewhere.stdout.trim() === 'made',
          `mkdir /made: ${said(refused)}; in the writable /dir1 it can`,
        ),
        control: found(plain.stdout.trim() === 'made', 'in a tmpfs root that was not made read only: made'),
      };
    },
  },
  {
    id: 'M13',
    async answer(stage) {
      const { dir2 } = await viewJail(stage);
      const jail = await systemViewJail(stage);
      const tries = [
        'mount -o remount,rw /dir2',
        'mount -o remount,rw,bind /dir2',
        'mount -o remount,rw /',
        'mount --bind /dir2 /dir1',
        'mount --move /dir2 /dir1',
        'mount --make-rprivate /dir2',
        'umount /dir2',
        'umount -l /dir2',
      ];
      const told: string[] = [];
      for (const [n, attempt] of tries.entries()) {
        const { code } = await jail.sh(
          `${attempt} 2>/dev/null; s=$?; echo ${stage.nonce} 2>/dev/null > /dir2/after-${n}; exit $s`,
        );
        told.push(`${attempt} ${code === 0 ? 'was done' : 'refused'}`);
      }
      const written = tries.filter((_, n) => textAt(join(dir2, `after-${n}`)) !== null);
      const plain = await stage.apart(
        `m=$(mktemp -d -p ${stage.directory}); mount --bind ${dir2} $m && mount -o remount,ro,bind $m &&
         ! touch $m/still-read-only 2>/dev/null && mount -o remount,rw,bind $m && echo ${stage.nonce} > $m/after-a-remount`,
      );
      return {
        probe: found(
          written.length === 0,
          written.length === 0
            ? `${told.join('; ')}; nothing is in the directory`
            : `written after: ${written.join(', ')}`,
        ),
        control: found(
          plain.code === 0 && textAt(join(dir2, 'after-a-remount')) === stage.nonce,
          'in a tree that its own root put together, one remount makes it writable, and the file is there',
        ),
      };
    },
  },
];

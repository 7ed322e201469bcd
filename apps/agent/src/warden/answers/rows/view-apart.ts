import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { netnsDirectory } from '@cellblock/shared/owned-names';
import { bind } from '../../stage/stage.ts';
import { allHeld, attemptsInside, attemptsOutside, theseBreak } from '../probe-lines.ts';
import { found, type Row } from '../row.ts';
import { onView, viewJail } from './view-jail.ts';

const ROOTS = [
  'root-dotdot',
  'root-openat2',
  'root-of-init',
  'root-of-self',
  'chroot-and-climb',
  'descriptors-climb',
];

/** That nothing of the host's tree is left in the jail's, and nothing of the jail's in the host's. */
export const APART_FROM_THE_HOST: readonly Row[] = [
  {
    id: 'M9',
    async answer(stage) {
      const { jail } = await viewJail(stage);
      const canary = join(stage.directory, 'canary');
      await writeFile(canary, stage.nonce);
      const told = { CANARY: canary, NONCE: stage.nonce, SCRATCH: '/dir1' };
      const inside = allHeld(await attemptsInside(jail, { names: ROOTS, told }), ROOTS);
      const byName = (await jail.sh(`cat ${canary} /old${canary}`)).stdout.includes(stage.nonce);
      const plain = await stage.source('plain-chroot', 0o777);
      const names = ['chroot-and-climb'];
      const outside = theseBreak(
        await attemptsOutside(stage, {
          names,
          told: { ...told, SCRATCH: '/' },
          script: `cp ${stage.probePath} ${plain}/probe`,
          before: `exec chroot ${plain} /probe`,
        }),
        names,
      );
      return {
        probe: found(inside.asExpected && !byName, `${inside.evidence}; the canary is not there by its name`),
        control: found(outside.asExpected, `out of a plain chroot: ${outside.evidence}`),
      };
    },
  },
  {
    id: 'M10',
    async answer(stage) {
      const { jail, dir1, dir2 } = await viewJail(stage);
      const script = (word: string) => `#!/bin/sh\necho ${word}-${stage.nonce} > /dir1/${word}.out\n`;
      await writeFile(join(dir1, 'myscript'), script('dir1'), { mode: 0o755 });
      await writeFile(join(dir2, 'script'), script('dir2'), { mode: 0o755 });
      await jail.sh('/dir1/myscript & /dir2/script & wait');
      const told = ['dir1', 'dir2'].map((word) => fileText(join(dir1, `${word}.out`)));
      const plain = await stage.apart(
        `m=$(mktemp -d -p ${stage.directory}); mount --bind ${dir2} $m && mount -o remount,bind,noexec $m && $m/script`,
      );
      return {
        probe: found(
          told.join() === `dir1-${stage.nonce},dir2-${stage.nonce}`,
          `in the background, from the writable directory: ${told[0] ?? 'nothing'}, from the read-only one: ${told[1] ?? 'nothing'}`,
        ),
        control: found(plain.code === 126, `from the same directory mounted noexec: status ${plain.code}`),
      };
    },
  },
  {
    id: 'M11',
    async answer(stage) {
      const pins = netnsDirectory(stage.host.instance);
      const seen = () => [
        ...readFileSync('/proc/self/mountinfo', 'utf8')
          .split('\n')
          .filter((line) => !line.includes(pins))
          .map((line) => line.split(' ').slice(3, 6).join(' ')),
        ...readdirSync('/'),
      ];
      const before = seen();
      const jail = await stage.jail(onView([], { profile: 'daemon' }));
      const running = difference(before, seen());
      await stage.drop(jail.key);
      const broken = await stage
        .jail(onView([bind(`${stage.directory}/not-there`, '/dir1')], { profile: 'daemon' }))
        .then(
          () => 'it started',
          (error: Error) => error.message,
        );
      const after = difference(before, seen());
      const plain = await stage.apart(`
        cut -d ' ' -f 4-6 /proc/self/mountinfo | sort > ${stage.programs}/before
        m=$(mktemp -d -p ${stage.directory}); mount -t tmpfs tmpfs $m; mkdir $m/dir1; mount --bind /usr $m/dir1
        cut -d ' ' -f 4-6 /proc/self/mountinfo | sort | comm -13 ${stage.programs}/before -`);
      const left = plain.stdout.split('\n').filter((line) => line !== '');
      return {
        probe: found(
          running.length === 0 && after.length === 0 && /not-there/.test(broken),
          running.length + after.length === 0
            ? `mounts and / of the host are the same while a jail runs, and after a start that failed (${broken})`
            : `differs: ${[...running, ...after].join(', ')}`,
        ),
        control: found(
          left.length >= 2,
          `the mail's own script without its last lines leaves ${left.join(', ')}`,
        ),
      };
    },
  },
];

function difference(before: readonly string[], after: readonly string[]): string[] {
  return [
    ...after.filter((line) => !before.includes(line)),
    ...before.filter((line) => !after.includes(line)),
  ];
}

function fileText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}

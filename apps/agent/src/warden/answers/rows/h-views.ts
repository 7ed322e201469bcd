import { join } from 'node:path';
import { AppError } from '@cellblock/shared/app-error';
import { found, Skipped, type StageRow } from '../row.ts';
import { plainJail } from './plain-jail.ts';

/** A mount of the host's that comes later, and one of the jail's own, through binds of each kind. */
export const propagation: StageRow = {
  id: 'H2',
  async answer(stage) {
    const kinds = ['private', 'slave', 'shared'] as const;
    const source = await stage.source('h2');
    await stage.outside([
      '/bin/sh',
      '-c',
      `mount --bind ${source} ${source} && mount --make-private ${source} && mount --make-shared ${source}`,
    ]);
    await stage.outside(['mkdir', '-p', join(source, 'later')]);
    try {
      const jail = await stage
        .jail({
          view: kinds.map((kind) => ({
            kind: 'bind' as const,
            source,
            target: `/srv/${kind}`,
            readOnly: true,
            propagation: kind,
          })),
        })
        .catch((error: Error) => {
          if (error instanceof AppError) throw new Skipped(`a view is refused here: ${error.message}`);
          throw error;
        });
      await stage.host.kernel.mountTmpfs({ target: join(source, 'later'), size: '64k', mode: '0755' });
      await stage.outside(['touch', join(source, 'later/seen')]);
      const looks = await Promise.all(
        kinds.map(async (kind) => (await jail.sh(`ls /srv/${kind}/later`)).stdout.includes('seen')),
      );
      const [inPrivate, inSlave, inShared] = looks;
      return {
        probe: found(
          inPrivate === false && inSlave === true,
          `a mount that the host made later: private ${inPrivate}, slave ${inSlave}, shared ${inShared}`,
        ),
        control: found(inShared === true, 'through the shared bind the same mount is seen'),
      };
    } finally {
      await stage.outside(['/bin/sh', '-c', `umount ${source}/later; umount ${source}; :`]);
    }
  },
};

const MEBIBYTE = 1024 ** 2;

export const fileSystemOfItsOwn: StageRow = {
  id: 'H19',
  async answer(stage) {
    const own = await stage.jail({
      storage: { kind: 'file', fileSystem: 'ext4', size: 32 * MEBIBYTE, inodes: 2_000 },
    });
    const plain = await plainJail(stage);
    const fill = 'head -c 64M /dev/zero > /var/tmp/h19; stat -c %s /var/tmp/h19; rm -f /var/tmp/h19';
    const names =
      'mkdir /var/tmp/h19d && cd /var/tmp/h19d && seq 3000 | xargs touch; ls | wc -l; cd / && rm -rf /var/tmp/h19d';
    const [inside, many] = [await own.sh(fill), await own.sh(names)];
    const [outside, manyOutside] = [await plain.sh(fill), await plain.sh(names)];
    await stage.drop(own.key);
    const bytes = (text: string) => Number(text.trim().split('\n').at(-1));
    return {
      probe: found(
        /No space left/.test(inside.stderr) &&
          bytes(inside.stdout) < 32 * MEBIBYTE &&
          /No space left/.test(many.stderr) &&
          bytes(many.stdout) < 2_000,
        `of 64 MiB ${bytes(inside.stdout)} bytes were written into an ext4 of 32 MiB in a file, of 3,000 names ${bytes(many.stdout)} could be made: No space left on device`,
      ),
      control: found(
        bytes(outside.stdout) === 64 * MEBIBYTE && bytes(manyOutside.stdout) === 3_000,
        `in a jail on the host's own file system all ${bytes(outside.stdout)} bytes and ${bytes(manyOutside.stdout)} names`,
      ),
    };
  },
};

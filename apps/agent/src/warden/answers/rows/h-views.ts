import { join } from 'node:path';
import { AppError } from '@cellblock/shared/app-error';
import { found, Skipped, type StageRow } from '../row.ts';

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

export const fileSystemOfItsOwn: StageRow = {
  id: 'H19',
  async answer() {
    throw new Skipped('a file system of its own in a file is not among the settings of this agent');
  },
};

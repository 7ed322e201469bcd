import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { AppError } from '@cellblock/shared/app-error';
import { bind, type Stage } from '../../stage/stage.ts';
import { found, NotTried, Skipped, type StageRow } from '../row.ts';
import { plainJail } from './plain-jail.ts';

const KINDS = ['private', 'slave', 'shared'] as const;
type Propagation = (typeof KINDS)[number];

/** What is seen on the one side of a mount that the other side makes later, through a bind of each kind. */
const DECLARED: Record<Propagation, Ways> = {
  private: { inJail: false, onHost: false },
  slave: { inJail: true, onHost: false },
  shared: { inJail: true, onHost: true },
};
interface Ways {
  /** the host's mount is seen in the jail */
  inJail: boolean;
  /** the jail's mount is seen on the host */
  onHost: boolean;
}

export const propagation: StageRow = {
  id: 'H2',
  async answer(stage) {
    const source = await stage.source('h2');
    const places = ['by-host', ...KINDS.map((kind) => `by-${kind}`)].map((name) => join(source, name));
    await stage.outside([
      '/bin/sh',
      '-c',
      `mount --bind ${source} ${source} && mount --make-private ${source} && mount --make-shared ${source} && mkdir ${places.join(' ')}`,
    ]);
    try {
      const seen = await passedOn(stage, source);
      const told = KINDS.map((kind) => {
        const { inJail, onHost } = seen[kind];
        return `${kind}: the host's ${inJail ? 'seen' : 'not seen'} in the jail, the jail's ${onHost ? 'seen' : 'not seen'} on the host`;
      });
      const both = (way: keyof Ways) => seen.shared[way] && !seen.private[way];
      return {
        probe: found(
          KINDS.every((kind) => isDeepStrictEqual(seen[kind], DECLARED[kind])),
          `mounts that are made later, ${told.join('; ')}`,
        ),
        control: found(
          both('inJail') && both('onHost') && seen.slave.inJail && !seen.slave.onHost,
          'the same two mounts are seen on the other side through one bind and not through another: each way is open in one and closed in one',
        ),
      };
    } finally {
      await stage.outside(['/bin/sh', '-c', `umount -R ${source}; :`]);
    }
  },
};

/** Mounts on both sides: in a jail whose profile lets it mount, and on the host. */
async function passedOn(stage: Stage, source: string): Promise<Record<Propagation, Ways>> {
  const jail = await stage
    .jail({
      profile: 'system',
      view: KINDS.map((kind) => bind(source, `/srv/${kind}`, { propagation: kind })),
    })
    .catch((error: Error) => {
      if (error instanceof AppError) throw new Skipped(`a view is refused here: ${error.message}`);
      throw error;
    });
  try {
    const mounts = KINDS.map((kind) => `mount -t tmpfs by-jail /srv/${kind}/by-${kind} || exit 9`);
    const made = await jail.sh(mounts.join('; '));
    if (made.code !== 0) throw new NotTried(`the jail could not mount: ${made.stderr.trim()}`);
    await stage.host.kernel.mountTmpfs({ target: join(source, 'by-host'), size: '64k', mode: '0755' });
    const inJail = jail.mountinfo();
    const onHost = readFileSync('/proc/self/mountinfo', 'utf8');
    const ways = (kind: Propagation): Ways => ({
      inJail: inJail.includes(` /srv/${kind}/by-host `),
      onHost: onHost.includes(` ${join(source, `by-${kind}`)} `),
    });
    return { private: ways('private'), slave: ways('slave'), shared: ways('shared') };
  } finally {
    await stage.drop(jail.key);
  }
}

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

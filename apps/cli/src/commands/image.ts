import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ImageProgress } from '@cellblock/shared/image';
import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { Run } from '../run.ts';
import { followed } from '../subscription.ts';
import { imageDetail, imageTable } from '../tables/image-table.ts';
import { unreadableFile } from '../unreadable-file.ts';
import { type Cli, verb } from '../verb.ts';

/** Bytes of one request: what a host takes at once, in base64, less some room. */
const PART = 512 * 1024;

interface OnHost {
  host?: string;
}

export function imageVerbs(cli: Cli, program: Command): void {
  const image = program.command('image').description('trees that jails share as their roots');
  const flags = {
    host: '--host',
    image: '<image>',
    distribution: '<distribution>',
    reference: '<reference>',
    name: '<file>',
    file: '<file>',
  };
  const onHost = (command: Command) => command.option('--host <h>', 'the only host');

  verb<OnHost>(cli, image, 'ls', 'list images', { flags }, onHost, async (run, { host }) => {
    const stores = await run.dashboard.images.list.query(host === undefined ? {} : { host });
    run.print(imageTable(stores));
    for (const { problem } of stores) if (problem !== null) run.warn(problem);
    return 0;
  });
  verb<OnHost & { verify?: boolean }>(
    cli,
    image,
    'show <image>',
    'one image, by name, digest or the beginning of one',
    { flags },
    (command) => onHost(command).option('--verify', 'read every byte again'),
    async (run, { host, verify }, [name = '']) => {
      const ref = { ...(host === undefined ? {} : { host }), image: name };
      run.print(imageDetail(await run.dashboard.images.get.query(ref)));
      if (!verify) return 0;
      const { whole, digest, found } = await run.dashboard.images.verify.mutate(ref);
      if (whole) {
        run.say(`every byte of it is as ${digest} says`);
        return 0;
      }
      throw new CliError(EXIT.failed, {
        message: `${name} is not what its digest says: it is ${found} now.`,
        cause: 'Something on its host wrote into the store, or the disk lost what was written.',
        fix: 'Destroy the jails on it, remove it with cellblock image rm, and make it anew',
      });
    },
  );
  verb<OnHost & { include?: string }>(
    cli,
    image,
    'bootstrap <distribution>',
    'make one from a distribution’s own packages: debian:12, alpine:3.20',
    { flags },
    (command) =>
      onHost(command).option(
        '--include <packages>',
        'Debian packages to have in it, with commas: systemd-sysv for an init of its own',
      ),
    async (run, { host, include }, [distribution = '']) => {
      const { images } = run.dashboard;
      const packages =
        include === undefined ? {} : { include: include.split(',').map((name) => name.trim()) };
      return made(run, await images.bootstrap.mutate({ ...(host && { host }), distribution, ...packages }));
    },
  );
  verb<OnHost>(
    cli,
    image,
    'pull <reference>',
    'fetch one from a registry: registry.example/name:tag; kept by its digest',
    { flags },
    onHost,
    async (run, { host }, [reference = '']) =>
      made(run, await run.dashboard.images.pull.mutate({ ...(host && { host }), reference })),
  );
  verb<OnHost>(
    cli,
    image,
    'upload <file>',
    'make one from an archive here: a root as a tarball, or an image as OCI or Docker save it',
    { flags },
    onHost,
    async (run, { host }, [file = '']) => {
      const size = await sizeOf(file);
      const begun = await run.dashboard.images.upload.mutate({ ...(host && { host }), name: basename(file) });
      run.say(`${size} bytes are sent`);
      await feed(run, begun, file);
      return made(run, begun);
    },
  );
  verb<OnHost>(
    cli,
    image,
    'rm <image>',
    'remove one that no jail has as its root',
    { flags },
    onHost,
    async (run, { host }, [name = '']) => {
      const removed = await run.dashboard.images.remove.mutate({ ...(host && { host }), image: name });
      run.say(`${removed.name} (${removed.digest}) is removed`);
      return 0;
    },
  );
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    throw unreadableFile(file, error);
  }
}

async function feed(run: Run, begun: { host: string; order: string }, file: string): Promise<void> {
  const source = createReadStream(file, { highWaterMark: PART });
  const { images } = run.dashboard;
  for await (const part of source)
    await images.feed.mutate({ ...begun, data: (part as Buffer).toString('base64') });
  await images.feed.mutate({ ...begun, data: '' });
}

/** Tells how it goes, and what came of it; interrupted, the host goes on. */
async function made(run: Run, begun: { host: string; order: string }): Promise<number> {
  let end: ImageProgress | null = null;
  await followed(run.dashboard.images.follow, begun, (said) => {
    if (said.type === 'stage' || said.type === 'line') run.say(said.text);
    else end = said;
  });
  // Assigned in a callback, which the compiler does not see.
  const ended = end as ImageProgress | null;
  if (ended?.type === 'done') {
    run.print(imageDetail({ ...ended.image, usedBy: [] }));
    run.say(
      `${ended.image.name} ${ended.wasThere ? 'was there already' : 'is made'}: --root image:${ended.image.name}`,
    );
    return 0;
  }
  if (ended?.type === 'failed') {
    const { message, cause, fix } = ended;
    throw new CliError(EXIT.failed, { message, cause, fix });
  }
  throw new CliError(EXIT.unreachable, {
    message: 'Nobody heard what came of it.',
    cause: 'The connection to its host was lost; the host goes on with it.',
    fix: 'See what is there: cellblock image ls',
  });
}

import { parseDuration } from '@cellblock/shared/duration';
import type { CreateJailInput } from '@cellblock/shared/jail-input';
import type { JailRoot, RestartPolicy } from '@cellblock/shared/jail-spec';
import { type Command, Option } from 'commander';
import { usageError } from '../cli-error.ts';
import { settle } from '../settle.ts';
import { jailDetail } from '../tables/jail-table.ts';
import { type Cli, repeated, verb } from '../verb.ts';
import { withDigest } from './image-root.ts';
import { LIMIT_FLAGS, limitsOf, withLimitOptions } from './limit-options.ts';
import { storageOf } from './storage-option.ts';
import { VIEW_FLAGS, type ViewOptions, viewSettingsOf, withViewOptions } from './view-options.ts';

export interface CreateOptions extends ViewOptions {
  host?: string;
  root?: string;
  ephemeral?: boolean;
  storage?: string;
  network?: string;
  ip?: string[];
  hostname?: string;
  dns?: string[];
  readOnly?: boolean;
  writable?: boolean;
  boot?: boolean;
  restart?: RestartPolicy;
  stopTimeout?: string;
}

export const CREATE_FLAGS = {
  name: '<jail>',
  image: '--root',
  host: '--host',
  network: '--network',
  address: '--ip',
  addresses: '--ip',
  'settings.root': '--root',
  'settings.root.path': '--root',
  'settings.storage': '--storage',
  'settings.storage.size': '--storage',
  'settings.storage.inodes': '--storage',
  'settings.hostname': '--hostname',
  'settings.dns': '--dns',
  'settings.readOnly': '--read-only',
  'settings.boot': '--boot',
  'settings.restart': '--restart',
  'settings.stopTimeoutMs': '--stop-timeout',
  'settings.command': 'CMD',
  ...VIEW_FLAGS,
  ...LIMIT_FLAGS,
};

export function createVerb(cli: Cli, program: Command): void {
  verb<CreateOptions>(
    cli,
    program,
    'create <jail> [command...]',
    'make a jail and start it: create J [options] [-- CMD ARG...]',
    { changes: true, flags: CREATE_FLAGS },
    (command) =>
      withViewOptions(withLimitOptions(command))
        .option('--host <h>', 'the network’s one host, else the only host')
        .option(
          '--root <root>',
          'host-usr, view (what it is shown and nothing else), dir:PATH, tar:PATH (on the host) or image:NAME',
        )
        .option(
          '--storage <fs:size>',
          'its files in a file system of their own, ext4:10G, or in a directory that ends: directory:10G',
        )
        .option('--ephemeral', 'what it writes is gone when it stops')
        .option('--network <n>', 'network, or none; the only one that reaches the host')
        .option('--ip <addr>', 'address; again for more; the next free of each family', repeated)
        .option('--hostname <s>', 'its host name; the jail’s name')
        .option('--dns <addr>', 'name server; again for more', repeated)
        .option('--read-only', 'its root cannot be written')
        .option('--writable', 'its root can be written, whatever its profile says')
        .option('--boot', 'start with the host (the default)')
        .option('--no-boot', 'do not start with the host')
        .addOption(
          new Option('--restart <policy>', 'when its command ends').choices(['no', 'on-failure', 'always']),
        )
        .option('--stop-timeout <duration>', 'how long it has to end: 30s'),
    async (run, options, [name = ''], rest) => {
      const input = createInput(name, await withDigest(run, options), rest);
      const change = await run.dashboard.jails.create.mutate({ ...input, dryRun: run.options.dryRun });
      const settled = await settle(run, change);
      if (settled === null) return 0;
      const jail = await run.dashboard.jails.get.query({ jail: settled.id });
      run.print(jailDetail(jail));
      const addresses = jail.addresses.map((held) => held.address).join(', ') || 'no address';
      run.say(`${jail.name} is ${jail.state} on ${jail.host.name} with ${addresses}`);
      return 0;
    },
  );
}

/** The command line as the dashboard's input; whatever was not given is left out. */
export function createInput(name: string, options: CreateOptions, command: string[]): CreateJailInput {
  const settings: NonNullable<CreateJailInput['settings']> = viewSettingsOf(options);
  const root = rootOf(options);
  if (root !== undefined) settings.root = root;
  if (options.storage !== undefined) settings.storage = storageOf(options.storage);
  if (options.hostname !== undefined) settings.hostname = options.hostname;
  if (options.dns !== undefined) settings.dns = options.dns;
  if (options.readOnly || options.writable) settings.readOnly = options.readOnly === true;
  if (options.boot !== undefined) settings.boot = options.boot;
  if (options.restart !== undefined) settings.restart = options.restart;
  if (command.length > 0) settings.command = command;
  if (options.stopTimeout !== undefined)
    settings.stopTimeoutMs = durationOf('--stop-timeout', options.stopTimeout);
  const limits = limitsOf(options);
  if (Object.keys(limits).length > 0) settings.limits = limits;
  return {
    name,
    ...(options.host === undefined ? {} : { host: options.host }),
    ...(options.network === undefined
      ? {}
      : { network: options.network === 'none' ? null : options.network }),
    ...(options.ip === undefined ? {} : { addresses: options.ip }),
    settings,
  };
}

function rootOf(options: CreateOptions): NonNullable<CreateJailInput['settings']>['root'] {
  const [, kind, path] = /^(host-usr|view|dir|tar|image)(?::(.+))?$/.exec(options.root ?? 'host-usr') ?? [];
  if (kind === 'host-usr' && path === undefined) {
    return options.root === undefined && !options.ephemeral
      ? undefined
      : { kind: 'host-usr', ephemeral: options.ephemeral === true };
  }
  const isView = kind === 'view' && path === undefined;
  const isPlace = kind === 'dir' || kind === 'tar' || kind === 'image';
  if (isView || (isPlace && path !== undefined)) {
    if (options.ephemeral) {
      throw usageError({
        field: '--ephemeral',
        message: `It goes with host-usr alone, not with ${options.root}.`,
        cause: `What a jail writes to ${options.root} is kept; only a root of the host's /usr can be forgotten.`,
        fix: 'Leave --ephemeral out, or write --root host-usr --ephemeral',
      });
    }
    if (isView) return { kind: 'view' };
    if (kind === 'image') return { kind, digest: path ?? '' };
    return { kind, path } as Extract<JailRoot, { path: string }>;
  }
  throw usageError({
    field: '--root',
    message: `${options.root} is no root.`,
    cause: "A root is the host's /usr, the view alone, a directory or a tarball of the host, or an image.",
    fix: 'Write --root host-usr, view, dir:/srv/web1, tar:/srv/debian.tar.zst or image:debian:12',
  });
}

function durationOf(flag: string, text: string): number {
  const ms = parseDuration(text);
  if (ms === null) {
    throw usageError({
      field: flag,
      message: `${text} is not a duration.`,
      cause: 'A duration is a number with ms, s, m, h or d behind it.',
      fix: `Write it as ${flag} 30s or ${flag} 5m`,
    });
  }
  return ms;
}

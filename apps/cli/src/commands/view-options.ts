import type { SomeJailSettings } from '@cellblock/shared/jail-input';
import { ResourceLimits } from '@cellblock/shared/jail-spec';
import type { Profile } from '@cellblock/shared/profile';
import { PROFILES } from '@cellblock/shared/profile-rules';
import { parseViewText, VIEW_TEXT, type ViewTextKind } from '@cellblock/shared/view-text';
import { type Command, Option } from 'commander';
import { usageError } from '../cli-error.ts';
import { repeated } from '../verb.ts';
import { numberOf } from './number-options.ts';

export interface ViewOptions {
  profile?: Profile;
  /** lines of a view as they were given, whatever their kind: their order counts */
  view?: string[];
  device?: string[];
  rlimit?: string[];
}

const KINDS = Object.keys(VIEW_TEXT) as ViewTextKind[];
/** Those with an option of their own; the others stand behind --view. */
const OWN: readonly ViewTextKind[] = ['bind', 'overlay', 'tmpfs', 'mask'];
const TEXT: Partial<Record<ViewTextKind, string>> = {
  bind: 'show a directory or file of the host: /srv/www:/srv/www:ro',
  overlay: 'show directories of the host, and write beside them: /srv/base:/opt/app',
  tmpfs: 'memory at a place: /scratch:64M',
  mask: 'cover what is there: /proc/cpuinfo',
};

/** How a refusal's field is spelt here. */
export const VIEW_FLAGS = {
  'settings.profile': '--profile',
  'settings.view': '--bind, --overlay, --tmpfs, --mask or --view',
  'settings.devices': '--device',
  'settings.resourceLimits': '--rlimit',
};

/** Options of `create` and `set`. */
export function withViewOptions(command: Command): Command {
  // Options of several kinds stand in one list, because mounts are made in the order in which they are given.
  const lines: string[] = [];
  const line = (kind: string) => (value: string) => {
    lines.push(kind === '' ? value : `${kind}:${value}`);
    command.setOptionValue('view', lines);
    return lines;
  };
  command.addOption(
    new Option('--profile <profile>', 'how much it may do: cellblock profile ls').choices(
      Object.keys(PROFILES),
    ),
  );
  for (const kind of OWN) command.option(`--${kind} <spec>`, TEXT[kind] ?? '', line(kind));
  return command
    .option(
      '--view <spec>',
      `KIND:PLACE of ${KINDS.filter((each) => !OWN.includes(each)).join(', ')}; or none`,
      line(''),
    )
    .option('--device <name>', 'a device of the host: net/tun; again for more', repeated)
    .option('--rlimit <limit>', 'nofile=1024; again for more', repeated);
}

/** The settings that were given; `--view none`, `--device none` and `--rlimit none` empty what there was. */
export function viewSettingsOf(options: ViewOptions): SomeJailSettings {
  const settings: SomeJailSettings = {};
  if (options.profile !== undefined) settings.profile = options.profile;
  const lines = listOf(options.view);
  if (lines) settings.view = lines.map(mountOf);
  const devices = listOf(options.device);
  if (devices) settings.devices = devices;
  const limits = listOf(options.rlimit);
  if (limits) settings.resourceLimits = resourceLimitsOf(limits);
  return settings;
}

function listOf(given: string[] | undefined): string[] | undefined {
  return given?.length === 1 && given[0] === 'none' ? [] : given;
}

function mountOf(line: string): NonNullable<SomeJailSettings['view']>[number] {
  const [, name = '', text = ''] = /^([^:]*):?(.*)$/s.exec(line) ?? [];
  const kind = KINDS.find((each) => each === name);
  if (kind === undefined) {
    throw usageError({
      field: '--view',
      message: `${line} is no mount of a view.`,
      cause: `A line begins with one of ${KINDS.join(', ')} and a colon, or is none.`,
      fix: 'Write it as --view sysfs:/sys, or with an option of its own: --bind /srv/www:/srv/www:ro',
    });
  }
  const flag = OWN.includes(kind) ? `--${kind}` : '--view';
  const mount = parseViewText(kind, text);
  if (!('problem' in mount)) return mount;
  const { form, example, words } = VIEW_TEXT[kind];
  throw usageError({
    field: flag,
    message: `${text} is no mount of kind ${kind}.`,
    cause: `${mount.problem}; its form is ${form}${words === '' ? '' : ` with the options ${words}`}.`,
    fix: `Write it as ${flag} ${OWN.includes(kind) ? '' : `${kind}:`}${example}`,
  });
}

function resourceLimitsOf(lines: string[]): ResourceLimits {
  const given: Record<string, number> = {};
  for (const line of lines) {
    const [name = '', text] = line.split('=');
    if (text === undefined) throw noLimit(line, 'It has no = and no number behind it.');
    given[name] = numberOf('--rlimit', text);
  }
  const parsed = ResourceLimits.safeParse(given);
  if (parsed.success) return parsed.data;
  throw noLimit(lines.join(' '), parsed.error.issues[0]?.message ?? 'It names no limit of setrlimit(2).');
}

function noLimit(text: string, cause: string) {
  return usageError({
    field: '--rlimit',
    message: `${text} is no resource limit.`,
    cause,
    fix: 'Write it as --rlimit nofile=1024; their names: as, core, cpu, data, fsize, memlock, msgqueue, nofile, nproc, sigpending, stack',
  });
}

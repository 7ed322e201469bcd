import { formatSize, parseSize } from './size-text.ts';
import type { Propagation, ViewMount } from './view-mount.ts';

/** How a mount of a view is written in one line, on a command line and in a form: `/srv/www:/srv/www:rw`. */
export type ViewTextKind = 'bind' | 'overlay' | 'tmpfs' | 'devpts' | 'proc' | 'sysfs' | 'mqueue' | 'mask';

export const VIEW_TEXT: Record<ViewTextKind, { form: string; example: string; words: string }> = {
  bind: {
    form: 'SOURCE[:TARGET][:OPTIONS]',
    example: '/srv/www:/srv/www:ro',
    words: 'ro, rw, idmapped, plain, slave, shared, suid, noexec, nosymfollow',
  },
  overlay: {
    form: 'LOWER[+LOWER…]:TARGET[:OPTIONS]',
    example: '/srv/base:/opt/app',
    words: 'ro, rw, suid, noexec, nosymfollow',
  },
  tmpfs: {
    form: 'TARGET:SIZE[:OPTIONS]',
    example: '/scratch:64M',
    words: 'mode=0755, inodes=N, suid, noexec, nosymfollow',
  },
  mask: { form: 'TARGET', example: '/proc/cpuinfo', words: '' },
  devpts: { form: 'TARGET', example: '/dev/pts2', words: '' },
  proc: { form: 'TARGET', example: '/proc2', words: '' },
  sysfs: { form: 'TARGET', example: '/sys', words: '' },
  mqueue: { form: 'TARGET', example: '/mqueue', words: '' },
};

/** Why a line is none: what it says, and how one is written. */
export interface ViewTextProblem {
  problem: string;
}

/** The mount that a line stands for, as a spec's input; shapes of its paths are not looked at here. */
export function parseViewText(kind: ViewTextKind, text: string): ViewMount | ViewTextProblem {
  const parts = text.split(':');
  switch (kind) {
    case 'bind': {
      const [source = '', second, third] = parts;
      if (parts.length > 3) return tooMany(text);
      // The second part is a place when it begins as one, and options otherwise.
      const hasTarget = second?.startsWith('/') ?? false;
      if (!hasTarget && third !== undefined) return { problem: `${second} is no place in the jail` };
      const target = hasTarget ? (second ?? source) : source;
      const options = readOptions(hasTarget ? third : second, [
        'ro',
        'rw',
        'idmapped',
        'plain',
        'private',
        'slave',
        'shared',
      ]);
      if ('problem' in options) return options;
      const { words, flags } = options;
      return {
        kind,
        source,
        target,
        readOnly: !words.includes('rw'),
        idmapped: words.includes('idmapped') ? true : words.includes('plain') ? false : null,
        propagation: (['slave', 'shared'] as Propagation[]).find((each) => words.includes(each)) ?? 'private',
        ...flags,
      };
    }
    case 'overlay': {
      const [lower = '', target, more] = parts;
      if (parts.length > 3) return tooMany(text);
      if (target === undefined) return { problem: 'it does not say where: LOWER:TARGET' };
      const options = readOptions(more, ['ro', 'rw']);
      if ('problem' in options) return options;
      return {
        kind,
        lower: lower.split('+'),
        target,
        readOnly: options.words.includes('ro'),
        ...options.flags,
      };
    }
    case 'tmpfs': {
      const [target = '', sizeText, more] = parts;
      if (parts.length > 3) return tooMany(text);
      const size = sizeText === undefined ? null : parseSize(sizeText);
      if (size === null)
        return { problem: sizeText === undefined ? 'it does not say how large' : `${sizeText} is no size` };
      const options = readOptions(more, ['mode', 'inodes']);
      if ('problem' in options) return options;
      const inodes = options.values.inodes === undefined ? null : Number(options.values.inodes);
      if (inodes !== null && !Number.isInteger(inodes)) return { problem: 'inodes is no whole number' };
      return { kind, target, size, inodes, mode: options.values.mode ?? '0755', ...options.flags };
    }
    default:
      return parts.length > 1 ? tooMany(text) : { kind, target: text };
  }
}

const tooMany = (text: string): ViewTextProblem => ({
  problem: `${text} has more parts between colons than it can; a path with a colon can be named in a document`,
});

type Flags = { nosuid: boolean; nodev: boolean; noexec: boolean; nosymfollow: boolean };

function readOptions(
  text: string | undefined,
  allowed: readonly string[],
): { words: string[]; values: Record<string, string>; flags: Flags } | ViewTextProblem {
  const words = text === undefined || text === '' ? [] : text.split(',');
  const values: Record<string, string> = {};
  for (const word of words) {
    const [name = '', value] = word.split('=');
    const takesValue = name === 'mode' || name === 'inodes';
    if (![...allowed, 'suid', 'nosuid', 'nodev', 'noexec', 'nosymfollow'].includes(name))
      return { problem: `${word} is none of its options` };
    if (takesValue !== (value !== undefined))
      return { problem: takesValue ? `${name} has no value` : `${name} takes no value` };
    if (value !== undefined) values[name] = value;
  }
  for (const [one, other] of [
    ['ro', 'rw'],
    ['idmapped', 'plain'],
    ['slave', 'shared'],
    ['suid', 'nosuid'],
  ] as const) {
    if (words.includes(one) && words.includes(other))
      return { problem: `${one} and ${other} exclude each other` };
  }
  const flags = {
    nosuid: !words.includes('suid'),
    nodev: true,
    noexec: words.includes('noexec'),
    nosymfollow: words.includes('nosymfollow'),
  };
  return { words, values, flags };
}

/** The line of a mount, with what differs from how it is without options; `parseViewText` reads it back. */
export function viewText(mount: ViewMount): string {
  const parts: string[] = [];
  const options: string[] = [];
  if (mount.kind === 'bind') {
    parts.push(mount.source, mount.target);
    options.push(mount.readOnly ? 'ro' : 'rw');
    if (mount.idmapped !== null) options.push(mount.idmapped ? 'idmapped' : 'plain');
    if (mount.propagation !== 'private') options.push(mount.propagation);
  } else if (mount.kind === 'overlay') {
    parts.push(mount.lower.join('+'), mount.target);
    if (mount.readOnly) options.push('ro');
  } else if (mount.kind === 'tmpfs') {
    parts.push(mount.target, formatSize(mount.size));
    if (mount.mode !== '0755') options.push(`mode=${mount.mode}`);
    if (mount.inodes !== null) options.push(`inodes=${mount.inodes}`);
  } else parts.push(mount.target);
  if ('nosuid' in mount) {
    if (!mount.nosuid) options.push('suid');
    if (mount.noexec) options.push('noexec');
    if (mount.nosymfollow) options.push('nosymfollow');
  }
  return [...parts, ...(options.length > 0 ? [options.join(',')] : [])].join(':');
}

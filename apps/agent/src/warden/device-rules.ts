import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { KernelError } from '@cellblock/native/kernel-error';

/** null, zero, full, random, urandom; tty and ptmx; terminals. What /dev of every jail has (linux/devices.txt). */
const USUAL: readonly string[] = [
  'c 1:3 rw',
  'c 1:5 rw',
  'c 1:7 rw',
  'c 1:8 rw',
  'c 1:9 rw',
  'c 5:0 rw',
  'c 5:2 rw',
  'c 136:* rw',
];

/** What a jail may open, in the kernel's words, given names below /dev. Making nodes is not among it. Throws
 *  KernelError when one of them is not there or is no device. */
export function deviceRules(names: readonly string[]): string[] {
  return [...new Set([...USUAL, ...names.map(ruleOf)])];
}

function ruleOf(name: string): string {
  const step = `look at /dev/${name}`;
  const node = statSync(join('/dev', name), { throwIfNoEntry: false });
  if (!node) throw new KernelError(step, 'ENOENT', 2, 'this host has no such device');
  const type = node.isCharacterDevice() ? 'c' : node.isBlockDevice() ? 'b' : null;
  if (type === null) throw new KernelError(step, 'ENODEV', 19, 'it is no device');
  // As glibc puts both into one number; those of a host's own /dev fit 32 bits
  const major = (node.rdev >>> 8) & 0xfff;
  const minor = (node.rdev & 0xff) | ((node.rdev >>> 12) & 0xfff00);
  return `${type} ${major}:${minor} rw`;
}

/** The names below /dev that these rules let a jail open beside the usual ones; null: they are not ours. A rule for
 *  which the kernel has no name is named by itself. */
export function devicesOf(rules: readonly string[] | null): string[] | null {
  if (rules === null || USUAL.some((rule) => !rules.includes(rule))) return null;
  return rules.filter((rule) => !USUAL.includes(rule)).map((rule) => nameOf(rule) ?? rule);
}

function nameOf(rule: string): string | null {
  const [type, numbers = ''] = rule.split(' ');
  const file = `/sys/dev/${type === 'c' ? 'char' : 'block'}/${numbers}/uevent`;
  if (!existsSync(file)) return null;
  return /^DEVNAME=(.+)$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? null;
}

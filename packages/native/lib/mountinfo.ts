import { readFileSync } from 'node:fs';
import type { Mount } from './kernel.ts';

const unescaped = (text: string) =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

/** The lines of a mountinfo file: options of the mount first, then those of the file system but ro and rw. */
export function parseMountinfo(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const [place = '', origin = ''] = line.split(' - ');
    const target = place.split(' ')[4];
    const own = place.split(' ')[5];
    const [fsType, source, system] = origin.split(' ');
    if (target === undefined || own === undefined || fsType === undefined || source === undefined) return [];
    const shared = (system ?? '').split(',').filter((option) => option !== 'ro' && option !== 'rw');
    const options = [...new Set([...own.split(','), ...shared])].filter((option) => option !== '');
    return [{ target: unescaped(target), fsType, source: unescaped(source), options }];
  });
}

export async function readMounts(): Promise<Mount[]> {
  return parseMountinfo(readFileSync('/proc/self/mountinfo', 'utf8'));
}

export function isAtOrBelow(path: string, root: string): boolean {
  const directory = root.replace(/\/+$/, '');
  return path === directory || path.startsWith(`${directory}/`);
}

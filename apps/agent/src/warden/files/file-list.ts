import { inertText } from '@cellblock/shared/inert-text';
import {
  type FileEntry,
  type FileKind,
  type FileList,
  type FileText,
  MOST_FILE_BYTES,
} from '@cellblock/shared/jail-files';

const KINDS: Record<string, FileKind> = {
  d: 'directory',
  f: 'file',
  l: 'link',
  c: 'device',
  b: 'device',
  p: 'pipe',
  s: 'socket',
};
const FIELDS = 8;

/** What `files list` wrote (cpp/spawn/files.h). It comes out of a jail: nothing of it is taken on trust. */
export function parseFileList(path: string, bytes: Buffer): FileList {
  const fields = fieldsOf(bytes);
  const entries: FileEntry[] = [];
  let at = 0;
  for (; at + FIELDS <= fields.length; at += FIELDS)
    entries.push(entryOf(path, fields.slice(at, at + FIELDS)));
  const [end] = fields.slice(at);
  entries.sort(byKindAndName);
  // Cut off, or told that there are more: either way this is not all.
  return { path, entries, more: end?.toString() !== 'end' };
}

/** What `files read` wrote: the file, or its beginning. */
export function fileText(path: string, bytes: Buffer): FileText {
  const shown = bytes.subarray(0, MOST_FILE_BYTES);
  const more = bytes.length > MOST_FILE_BYTES;
  return { path, text: textOf(shown, more), bytes: shown.length, more };
}

function fieldsOf(bytes: Buffer): Buffer[] {
  const fields: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(0, at);
    if (end < 0) break;
    fields.push(bytes.subarray(at, end));
    at = end + 1;
  }
  return fields;
}

function entryOf(path: string, fields: readonly Buffer[]): FileEntry {
  const [kind, mode, uid, gid, size, changed] = fields.map((field) => field.toString('latin1'));
  const [name = Buffer.alloc(0), target = Buffer.alloc(0)] = fields.slice(6);
  const plain = utf8Of(name);
  return {
    name: plain === null ? escapedBytes(name) : inertText(plain),
    path: plain === null || plain === '' ? null : `${path === '/' ? '' : path}/${plain}`,
    kind: KINDS[kind ?? ''] ?? 'unknown',
    mode: /^[0-7]{4}$/.test(mode ?? '') ? (mode ?? '') : '????',
    uid: wholeNumber(uid),
    gid: wholeNumber(gid),
    size: wholeNumber(size),
    changedAt: momentOf(changed),
    target: target.length === 0 ? null : inertText(utf8Of(target) ?? escapedBytes(target)),
  };
}

function byKindAndName(a: FileEntry, b: FileEntry): number {
  const first = Number(b.kind === 'directory') - Number(a.kind === 'directory');
  return first || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}

function wholeNumber(text: string | undefined): number {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : 0;
}

/** A jail may date its files as it likes; a date that is none is the first. */
function momentOf(seconds: string | undefined): string {
  const date = new Date(wholeNumber(seconds) * 1000);
  const year = date.getUTCFullYear();
  return Number.isNaN(year) || year < 1970 || year > 9999 ? new Date(0).toISOString() : date.toISOString();
}

function utf8Of(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

const escapedBytes = (bytes: Buffer) =>
  inertText(
    [...bytes].map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`)).join(''),
  );

/** null: it has NULs, or is no UTF-8. A character that was cut in two at the end does not make it none. */
function textOf(bytes: Buffer, isCut: boolean): string | null {
  if (bytes.includes(0)) return null;
  for (let less = 0; less <= (isCut ? 3 : 0); less++) {
    const text = utf8Of(bytes.subarray(0, bytes.length - less));
    if (text !== null) return inertText(text, '\n\t\r');
  }
  return null;
}

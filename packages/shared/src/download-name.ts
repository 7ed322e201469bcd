import { inertText } from './inert-text.ts';

/** Longer names do not fit where they are kept: ext4 takes 255 bytes, and browsers add to it. */
const MOST_LETTERS = 120;
/** Signs that some system takes for a part of a path, a stream, a pattern or a quotation. */
const FOREIGN = /[<>:"/\\|?*]/g;
/** Names that are devices on Windows, with whatever behind. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;

/**
 * What a file of a jail is called where it is kept. A jail names its files as it likes; a name that is a place (`..`,
 * `...`), hides itself, or turns around what stands beside it (requirement C30) is none to be kept under.
 */
export function downloadName(path: string): string {
  const last = path.split('/').findLast((part) => part !== '') ?? '';
  const plain = [...inertText(last).replace(FOREIGN, '_')].slice(0, MOST_LETTERS).join('');
  // Windows drops dots and blanks at the end, and what begins with a dot is hidden elsewhere.
  const name = plain.replace(/[. ]+$/, '').replace(/^[. ]+/, '_');
  if (name === '' || /^_+$/.test(name)) return 'file';
  return name.replace(DEVICE, '_$1');
}

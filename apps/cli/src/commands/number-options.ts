import { parseSize } from '@cellblock/shared/size';
import { usageError } from '../cli-error.ts';

/** Bytes of what stands behind an option. */
export function sizeOf(flag: string, text: string): number {
  const bytes = parseSize(text);
  if (bytes === null) {
    throw usageError({
      field: flag,
      message: `${text} is not a size.`,
      cause: 'A size is a number with K, M, G or T behind it, or of bytes.',
      fix: `Write it as ${flag} 256M or ${flag} 1G`,
    });
  }
  return bytes;
}

export function numberOf(flag: string, text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number)) {
    throw usageError({
      field: flag,
      message: `${text} is not a number.`,
      cause: text.trim() === '' ? 'Nothing is written behind it.' : 'It holds more than digits and a point.',
      fix: `Write it as ${flag} 2`,
    });
  }
  return number;
}

import * as z from 'zod';
import { parseSize } from './size-text.ts';

export { formatSize, parseSize } from './size-text.ts';

/** A size as people write it; bytes after parsing. */
export const Size = z.union([z.int().min(0), z.string()]).transform((value, context) => {
  const bytes = typeof value === 'number' ? value : parseSize(value);
  if (bytes !== null) return bytes;
  context.addIssue({ code: 'custom', message: `${value} is not a size: write it as 256M or 1G` });
  return z.NEVER;
});

/** Why a text is no path inside a jail that a person may look at, with what to do; null: it is one. */
export function filePathFault(path: string): string | null {
  if (path.length > 4095) return 'is longer than a path may be (4,095 bytes): go there part by part';
  if (!path.startsWith('/')) return 'must be absolute: begin it with /';
  if (path.includes('\0')) return 'must not contain NUL: leave it out';
  if (path.split('/').some((part) => part === '.' || part === '..'))
    return 'must not contain "." or "..": write the path out';
  return null;
}

export const isFilePath = (path: string): boolean => filePathFault(path) === null;

const trimmed = (path: string) => path.replace(/\/+$/, '');

/** Whether two absolute paths are one, a slash at the end aside. Links are not followed: texts are compared. */
export function isSamePath(a: string, b: string): boolean {
  return trimmed(a) === trimmed(b);
}

/** Whether `path` lies below `above`, and is not `above` itself. */
export function isPathBelow(path: string, above: string): boolean {
  return trimmed(path) !== trimmed(above) && trimmed(path).startsWith(`${trimmed(above)}/`);
}

export function isPathAtOrBelow(path: string, above: string): boolean {
  return isSamePath(path, above) || isPathBelow(path, above);
}

/** What is left of `path` below `above`, without a slash in front; empty for `above` itself. */
export function relativeTo(path: string, above: string): string {
  return trimmed(path).slice(trimmed(above).length + 1);
}

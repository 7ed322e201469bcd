/** The path below /proc/sys/net of a key; its parts are separated by `/` when it has any, else by dots. */
export function sysctlPath(key: string): string {
  return key.includes('/') ? key : key.replaceAll('.', '/');
}

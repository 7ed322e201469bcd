/** One mount of proc_pid_mountinfo(5). */
export interface MountLine {
  device: string;
  root: string;
  path: string;
  options: string[];
  type: string;
}

export function mountLines(text: string): MountLine[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [mount = '', more = ''] = line.split(' - ');
      const fields = mount.split(' ');
      return {
        device: fields[2] ?? '',
        root: fields[3] ?? '',
        path: fields[4] ?? '',
        options: (fields[5] ?? '').split(','),
        type: more.split(' ')[0] ?? '',
      };
    });
}

/** The mount that a path lies on: the last one at the path or above it. */
export function mountOf(lines: readonly MountLine[], path: string): MountLine | undefined {
  const at = (line: MountLine) => line.path === '/' || path === line.path || path.startsWith(`${line.path}/`);
  const longest = Math.max(...lines.filter(at).map((line) => line.path.length));
  return lines.findLast((line) => at(line) && line.path.length === longest);
}

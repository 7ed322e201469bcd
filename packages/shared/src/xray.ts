import * as z from 'zod';

/** What can be reached, by kind, in the order in which it is shown. */
export const XRAY_GROUPS = {
  'kernel-file': 'Kernel files that open for writing',
  'kernel-read': 'What the kernel tells of the host',
  device: 'Devices',
  process: 'Visible processes',
  socket: 'Sockets',
  descriptor: 'Inherited descriptors',
  capability: 'Capabilities',
  setuid: 'Set-user-id files and file capabilities',
  address: 'Addresses',
  namespace: 'Namespaces',
  mount: 'Mounts',
  writable: 'Writable places',
  call: 'System calls',
  keyring: 'Keyrings',
  limit: 'Resource limits',
  walk: 'Where the walk was cut short',
} as const;
export type XrayGroup = keyof typeof XRAY_GROUPS;

/** One thing that code in a jail reaches, or asked for and was refused; `detail` says how. */
export const XrayFinding = z.object({
  group: z.enum(Object.keys(XRAY_GROUPS) as [XrayGroup, ...XrayGroup[]]),
  item: z.string(),
  detail: z.string(),
});
export type XrayFinding = z.infer<typeof XrayFinding>;

/** One walk through a throw-away twin of a jail. */
export const XrayReport = z.object({
  at: z.iso.datetime(),
  /** release of the kernel that answered */
  kernel: z.string(),
  /** in what the twin was not as the jail, in words */
  differs: z.array(z.string()),
  /** sorted, none twice: two walks through equal jails are equal */
  findings: z.array(XrayFinding),
});
export type XrayReport = z.infer<typeof XrayReport>;

const ORDER = Object.keys(XRAY_GROUPS) as XrayGroup[];

function compare(a: XrayFinding, b: XrayFinding): number {
  const groups = ORDER.indexOf(a.group) - ORDER.indexOf(b.group);
  if (groups !== 0) return groups;
  const [left, right] = [`${a.item}\t${a.detail}`, `${b.item}\t${b.detail}`];
  return left < right ? -1 : left > right ? 1 : 0;
}

/**
 * What `probe xray` printed, sorted and without repetitions. Throws when its last line is missing: half a walk
 * would read as a jail that reaches less.
 */
export function parseXray(text: string): XrayFinding[] {
  const lines = text.split('\n').filter((line) => line !== '');
  if (lines.at(-1)?.split('\t')[0] !== 'end') throw new Error('the walk ended before its last line');
  const findings = lines.slice(0, -1).map((line) => {
    const [group, item = '', detail = ''] = line.split('\t');
    return XrayFinding.parse({ group, item, detail });
  });
  const unique = new Map(
    findings.map((finding) => [`${finding.group}\t${finding.item}\t${finding.detail}`, finding]),
  );
  return [...unique.values()].sort(compare);
}

export interface XrayChange {
  change: 'new' | 'gone' | 'changed';
  finding: XrayFinding;
  /** what it was before, of one that changed */
  before?: string;
}

/** What one walk found that the one before it did not, and the other way round. */
export function xrayDifference(before: readonly XrayFinding[], after: readonly XrayFinding[]): XrayChange[] {
  const byItem = (findings: readonly XrayFinding[]) =>
    Map.groupBy(findings, ({ group, item }) => `${group}\t${item}`);
  const [old, now] = [byItem(before), byItem(after)];
  const changes: XrayChange[] = [];
  for (const [key, found] of now) {
    const was = old.get(key) ?? [];
    const fresh = found.filter((finding) => !was.some(({ detail }) => detail === finding.detail));
    const lost = was.filter((finding) => !found.some(({ detail }) => detail === finding.detail));
    fresh.forEach((finding, index) => {
      const previous = lost[index];
      changes.push(
        previous ? { change: 'changed', finding, before: previous.detail } : { change: 'new', finding },
      );
    });
    for (const finding of lost.slice(fresh.length)) changes.push({ change: 'gone', finding });
  }
  for (const [key, found] of old)
    if (!now.has(key)) changes.push(...found.map((finding) => ({ change: 'gone' as const, finding })));
  return changes.sort((a, b) => compare(a.finding, b.finding));
}

import * as z from 'zod';
import { isPathBelow } from './path-below.ts';
import { Propagation } from './view-mount.ts';
import { type MountFlag, modeText, type ViewEntry } from './view-tree.ts';

/** One line of the jail's own table of mounts (proc_pid_mountinfo(5)), as its first process has it. */
export interface SeenMount {
  path: string;
  fsType: string;
  readOnly: boolean;
  flags: MountFlag[];
  idmapped: boolean;
  propagation: Propagation;
  /** MAJOR:MINOR of the file system, and the path in it that is mounted */
  device: string;
  root: string;
}

/** What the host has where an entry comes from. */
export interface HostPlace {
  device: string;
  root: string;
  /** of the host's own mount there: they stay */
  flags: MountFlag[];
}

const ShownMount = z.object({
  mode: z.string(),
  fsType: z.string().nullable(),
  idmapped: z.boolean(),
  propagation: Propagation,
});

export const ViewProofRow = z.object({
  path: z.string(),
  wanted: ShownMount.nullable(),
  seen: ShownMount.nullable(),
  /** `same`: as declared. `own`: the jail made it, as its profile lets it, or the host did where the view lets that
   *  through. `differs`, `missing`, `undeclared`: the view is not what was declared. */
  verdict: z.enum(['same', 'own', 'differs', 'missing', 'undeclared']),
  /** what differs, in words; empty when nothing does */
  difference: z.string(),
});
export type ViewProofRow = z.infer<typeof ViewProofRow>;

/** Whether what a jail sees is exactly what was declared (requirement M12): no more and no less. */
export const ViewProof = z.object({
  at: z.iso.datetime(),
  pid: z.int(),
  holds: z.boolean(),
  rows: z.array(ViewProofRow),
});
export type ViewProof = z.infer<typeof ViewProof>;

/** What a jail of profile `system` may mount inside of its own tree. */
const OWN_TYPES = ['tmpfs', 'ramfs', 'proc', 'devpts', 'mqueue', 'cgroup', 'cgroup2'];

/**
 * Compares what was declared with what is mounted, in both directions.
 *
 * `has`: whether the host has a path, for what is covered only where it is. `placeOf`: where what is bound lies on
 * the host; null when only its type can be told.
 */
export function compareView(o: {
  declared: readonly ViewEntry[];
  seen: readonly SeenMount[];
  has: (path: string) => boolean;
  placeOf: (entry: ViewEntry) => HostPlace | null;
  /** the jail's profile lets it mount inside of its own tree */
  mayMount: boolean;
}): ViewProofRow[] {
  const declared = o.declared.filter(({ onlyWith }) => onlyWith === null || o.has(onlyWith));
  const left = [...o.seen];
  const rows: ViewProofRow[] = [];
  for (const entry of declared) {
    const seen = takeMount(left, entry);
    const place = o.placeOf(entry);
    const wanted = wantedOf(entry, place);
    const difference = seen ? differenceOf(entry, place, seen).join('; ') : '';
    rows.push({
      path: entry.path,
      wanted,
      seen: seen ? shownOf(seen) : null,
      verdict: !seen ? 'missing' : difference === '' ? 'same' : 'differs',
      difference: seen ? difference : 'it is declared, and is not mounted',
    });
  }
  for (const seen of left) {
    const through = declared.find(
      ({ propagation, path }) => propagation !== 'private' && isPathBelow(seen.path, path),
    );
    const own = o.mayMount && OWN_TYPES.includes(seen.fsType);
    rows.push({
      path: seen.path,
      wanted: null,
      seen: shownOf(seen),
      verdict: through || own ? 'own' : 'undeclared',
      difference: through
        ? `the host mounted it, and ${through.path} lets that through (${through.propagation})`
        : own
          ? 'the jail mounted it inside of its own tree, as its profile lets it'
          : 'it is mounted, and nothing declares it',
    });
  }
  return rows.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** The mount at a place, taken out of those that are left; of a shared one also the empty stage that it came by. */
function takeMount(left: SeenMount[], { path, propagation }: ViewEntry): SeenMount | undefined {
  const index = left.findIndex((each) => each.path === path);
  const [first] = index < 0 ? [] : left.splice(index, 1);
  if (propagation !== 'shared' || first?.fsType !== 'tmpfs' || !first.readOnly) return first;
  const above = left.findIndex((each) => each.path === path);
  return above < 0 ? first : left.splice(above, 1)[0];
}

export function viewHolds(rows: readonly ViewProofRow[]): boolean {
  return rows.every(({ verdict }) => verdict === 'same' || verdict === 'own');
}

/** A bind has the flags of the host's own mount besides those that were asked for. */
function flagsWith(entry: ViewEntry, place: HostPlace | null): MountFlag[] {
  const all: MountFlag[] = ['nosuid', 'nodev', 'noexec', 'nosymfollow'];
  return all.filter(
    (flag) => entry.flags.includes(flag) || (keepsHostFlags(entry) && place?.flags.includes(flag)),
  );
}

/** Own storage is nosuid on the host's side alone; all else keeps what the host's mount forbids. */
const keepsHostFlags = ({ kind }: ViewEntry) => kind === 'bind' || kind === 'device';

function wantedOf(entry: ViewEntry, place: HostPlace | null): z.infer<typeof ShownMount> {
  const { fsType, idmapped, propagation } = entry;
  return { mode: modeText({ ...entry, flags: flagsWith(entry, place) }), fsType, idmapped, propagation };
}

function shownOf(seen: SeenMount): z.infer<typeof ShownMount> {
  const { fsType, idmapped, propagation } = seen;
  return { mode: modeText(seen), fsType, idmapped, propagation };
}

function differenceOf(entry: ViewEntry, place: HostPlace | null, seen: SeenMount): string[] {
  const found: string[] = [];
  const differ = (what: string, wanted: string, is: string) => {
    if (wanted !== is) found.push(`${what}: ${is} instead of ${wanted}`);
  };
  const word = (readOnly: boolean) => (readOnly ? 'ro' : 'rw');
  differ('mode', word(entry.readOnly), word(seen.readOnly));
  const flags = flagsWith(entry, place);
  // A mask is one of two things: an empty directory, or the jail's own /dev/null.
  const isSame = (flag: MountFlag) =>
    flags.includes(flag) === seen.flags.includes(flag) || (entry.kind === 'mask' && flag === 'nodev');
  if (!(['nosuid', 'nodev', 'noexec', 'nosymfollow'] as const).every(isSame))
    differ('flags', flags.join(',') || 'none', seen.flags.join(',') || 'none');
  if (entry.fsType !== null) differ('type', entry.fsType, seen.fsType);
  differ('idmapped', String(entry.idmapped), String(seen.idmapped));
  differ('propagation', entry.propagation, seen.propagation);
  if (place !== null) differ('origin', `${place.device} ${place.root}`, `${seen.device} ${seen.root}`);
  return found;
}

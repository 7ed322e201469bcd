import { existsSync } from 'node:fs';
import type { Bounds } from '@cellblock/shared/bounds';
import { dataDirectory } from '@cellblock/shared/data-directory';
import {
  type HostSpec,
  hostSpec,
  type JailSpec,
  jailsOf,
  type SpecKey,
  SpecObject,
  specKey,
} from '@cellblock/shared/host-spec';
import type { HostFacts, RefusedObject } from '@cellblock/shared/host-status';
import type { PlanOptions } from '@cellblock/shared/plan/wanted';
import type { Hold } from './holds.ts';
import { imageManifest } from './images/image-store.ts';
import type { UnreadableObject } from './ledger.ts';
import { mountTableOnce } from './own-place-at.ts';
import { wardenPaths } from './paths.ts';
import { refusedObjects } from './refusals.ts';
import { allowRoot, refuseDirRoot } from './root/dir-root.ts';
import { refuseView } from './view/refuse-view.ts';

/** The ledger's spec as this host makes it true: held jails as they were when held, refused objects frozen. */
export interface AcceptedSpec extends PlanOptions {
  spec: HostSpec;
  frozen: ReadonlySet<SpecKey>;
  refused: RefusedObject[];
}

export async function acceptSpec(o: {
  spec: HostSpec;
  unreadable: readonly UnreadableObject[];
  holds: readonly Hold[];
  bounds: Bounds;
  facts: HostFacts;
  dataDirectory: string;
}): Promise<AcceptedSpec> {
  const spec = withHolds(o.spec, o.holds);
  const refused = refusedObjects(spec, o.bounds, o.facts);
  // A thousand jails are asked about at one pass.
  const disk = { bounds: o.bounds, dataDirectory: o.dataDirectory, mountTable: mountTableOnce() };
  refused.push(...(await refusedRoots(spec, disk)), ...(await refusedViews(spec, disk)));
  for (const { key, message } of o.unreadable) {
    refused.push({ key, rule: 'unreadable', message, fix: UNREADABLE, cause: null });
  }
  // The rules name the usual place of the bounds.
  const { bounds } = dataDirectory(o.dataDirectory);
  for (const one of refused) if (one.fix) one.fix = one.fix.replace('/etc/cellblock/bounds.d', bounds);
  return {
    spec,
    refused,
    frozen: new Set(refused.map(({ key }) => key as SpecKey)),
    // What an object that cannot be read was about is unknown: nothing may be taken for a leftover.
    incomplete: o.unreadable.length > 0,
  };
}

/** A held jail and its addresses stay as they were, whatever the dashboard wants meanwhile. */
function withHolds(spec: HostSpec, holds: readonly Hold[]): HostSpec {
  if (holds.length === 0) return spec;
  const held = new Set(holds.map(({ jail }) => jail));
  const others = [...spec.objects.values()].filter(
    (object) =>
      !(object.kind === 'jail' && held.has(object.id)) &&
      !(object.kind === 'address' && held.has(object.jail)),
  );
  const kept = holds.flatMap(({ objects }) => objects.map((object) => SpecObject.parse(object)));
  return hostSpec(spec.generation, [...kept, ...others]);
}

const UNREADABLE =
  "The dashboard is newer than this host's agent: bring the host to its build with a line of: cellblock host enroll";

function imageMissing(jail: JailSpec, digest: string): RefusedObject {
  return {
    key: specKey(jail),
    rule: 'root-image',
    message: `this host has no image ${digest}`,
    fix: 'Make it on this host, as it was made elsewhere: cellblock image ls; cellblock image pull REF@DIGEST, or bootstrap, or upload',
    cause: jail.cause,
  };
}

async function refusedRoots(
  spec: HostSpec,
  o: { bounds: Bounds; dataDirectory: string; mountTable: () => string },
): Promise<RefusedObject[]> {
  const refused: RefusedObject[] = [];
  for (const jail of jailsOf(spec)) {
    const { root } = jail.settings;
    if (jail.wanted === 'running' && root.kind === 'image') {
      if (!existsSync(imageManifest(wardenPaths(o.dataDirectory).images, root.digest)))
        refused.push(imageMissing(jail, root.digest));
      continue;
    }
    if (jail.wanted !== 'running' || (root.kind !== 'dir' && root.kind !== 'tar')) continue;
    if (root.kind === 'tar') {
      if (o.bounds.rootPrefixes.some((prefix) => root.path.startsWith(`${prefix.replace(/\/+$/, '')}/`)))
        continue;
      refused.push({
        key: specKey(jail),
        rule: 'root-prefix',
        message: `${root.path} lies below no root prefix of this host's bounds`,
        fix: allowRoot(root.path, o.bounds.rootPrefixes),
        cause: jail.cause,
      });
      continue;
    }
    const ground = await refuseDirRoot({
      path: root.path,
      rootPrefixes: o.bounds.rootPrefixes,
      dataDirectory: o.dataDirectory,
      mountTable: o.mountTable,
    });
    if (!ground) continue;
    refused.push({ key: specKey(jail), ...ground, cause: jail.cause });
  }
  return refused;
}

async function refusedViews(
  spec: HostSpec,
  o: { bounds: Bounds; dataDirectory: string; mountTable: () => string },
): Promise<RefusedObject[]> {
  const refused: RefusedObject[] = [];
  for (const jail of jailsOf(spec)) {
    if (jail.wanted !== 'running') continue;
    const ground = await refuseView(jail.settings, o);
    if (!ground) continue;
    const { rule, message, fix } = ground;
    refused.push({ key: specKey(jail), rule, message, fix, cause: jail.cause });
  }
  return refused;
}

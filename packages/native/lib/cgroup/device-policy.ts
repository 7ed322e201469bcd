import { callAddon } from '../addon.ts';
import { KernelError } from '../kernel-error.ts';
import { readGroupFile, writeGroupFile } from './group-files.ts';
import { groupPath, type Hierarchy } from './hierarchies.ts';

/** v1 has a controller for it. In the v2 tree it is a program that the kernel asks at each opening. */
function policyPlace(hierarchies: Hierarchy[]): Hierarchy | null {
  return (
    hierarchies.find(({ version, controllers }) => version === 1 && controllers.has('devices')) ??
    hierarchies.find(({ version }) => version === 2) ??
    null
  );
}

let takesPrograms: Promise<boolean> | null = null;

/** Where groups can be kept from devices; null: nowhere on this host. */
export async function devicePolicyPlace(hierarchies: Hierarchy[]): Promise<Hierarchy | null> {
  const place = policyPlace(hierarchies);
  if (place?.version !== 2) return place;
  takesPrograms ??= callAddon<boolean>('hasDevicePrograms', {}).catch(() => false);
  return (await takesPrograms) ? place : null;
}

export async function writeDevicePolicy(
  step: string,
  hierarchies: Hierarchy[],
  name: string,
  devices: string[],
) {
  const place = await devicePolicyPlace(hierarchies);
  if (!place) throw new KernelError(step, 'EOPNOTSUPP', 95, 'this host cannot keep a group from a device');
  const group = groupPath(place, name);
  if (place.version === 2) return callAddon<void>('setDeviceProgram', { group, devices });
  // Closed before it is opened a little: between the two it has less than it shall have, never more
  await writeGroupFile(group, 'devices.deny', 'a');
  for (const device of devices) await writeGroupFile(group, 'devices.allow', device);
}

/** Sorted; null: every device may be opened; undefined: this host cannot keep a group from one. */
export async function readDevicePolicy(
  hierarchies: Hierarchy[],
  name: string,
): Promise<string[] | null | undefined> {
  const place = await devicePolicyPlace(hierarchies);
  if (!place) return undefined;
  const group = groupPath(place, name);
  if (place.version === 2) {
    const devices = await callAddon<string[] | null>('readDeviceProgram', { group }).catch(() => null);
    return devices?.sort() ?? null;
  }
  const text = readGroupFile(group, 'devices.list');
  if (text === null || text.startsWith('a ')) return null;
  return text
    .split('\n')
    .filter((line) => line !== '')
    .sort();
}

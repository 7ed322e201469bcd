import { groupPath, type Hierarchy } from './hierarchies.ts';

/** The directory of a group in which a controller's files are. */
export interface Place {
  group: string;
  version: 1 | 2;
}

/** v1's word where it is another. */
const IN_V1: Record<string, string> = { io: 'blkio' };

/** Where a controller's files of a group are, null when this host has no such controller. */
export function placeOf(hierarchies: Hierarchy[], name: string): (controller: string) => Place | null {
  return (controller) => {
    const own = hierarchies.filter(({ version, controllers }) =>
      controllers.has(version === 1 ? (IN_V1[controller] ?? controller) : controller),
    );
    const hierarchy = own.find((one) => one.version === 1) ?? own[0];
    return hierarchy ? { group: groupPath(hierarchy, name), version: hierarchy.version } : null;
  };
}

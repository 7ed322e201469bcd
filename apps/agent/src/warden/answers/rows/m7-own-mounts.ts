import { readlinkSync } from 'node:fs';
import { found, type StageRow } from '../row.ts';
import { plainJail } from './plain-jail.ts';

/** A jail's first process against a plain child of the agent. */
export const ownMountNamespace: StageRow = {
  id: 'M7',
  async answer(stage) {
    const ours = readlinkSync('/proc/self/ns/mnt');
    const jail = await plainJail(stage);
    const inside = readlinkSync(`/proc/${jail.pid}/ns/mnt`);
    const child = (await stage.outside(['readlink', '/proc/self/ns/mnt'])).stdout.trim();
    return {
      probe: found(inside !== ours, `pid 1 of the jail: ${inside}, the host: ${ours}`),
      control: found(child === ours, `a plain child: ${child}, the host: ${ours}`),
    };
  },
};

import { callAddon } from './addon.ts';
import { fileStep } from './file-step.ts';
import type { Kernel } from './kernel.ts';
import { linuxCgroups } from './linux-cgroups.ts';
import { linuxNetwork } from './linux-network.ts';
import { linuxProcesses } from './linux-processes.ts';
import { linuxWatch } from './linux-watch.ts';
import { mountFile } from './mount-file.ts';
import { isAtOrBelow, readMounts } from './mountinfo.ts';

const linuxMounts: Pick<
  Kernel,
  'bindMount' | 'mountTmpfs' | 'mountFile' | 'unmount' | 'setHidepid' | 'listMounts'
> = {
  bindMount: (o) => callAddon('bindMount', o),
  mountTmpfs: (o) => callAddon('mountTmpfs', o),
  mountFile,
  unmount: (o) => callAddon('unmount', o),
  setHidepid: (o) => callAddon('setHidepid', o),
  listMounts: ({ under }) =>
    fileStep(`list mounts at or below ${under}`, async () =>
      (await readMounts()).filter((mount) => isAtOrBelow(mount.target, under)),
    ),
};

const linuxProjects: Pick<Kernel, 'readProject' | 'setProject' | 'readProjectQuota' | 'setProjectQuota'> = {
  readProject: (o) => callAddon('readProject', o),
  setProject: (o) => callAddon('setProject', o),
  readProjectQuota: (o) => callAddon('readProjectQuota', o),
  setProjectQuota: (o) => callAddon('setProjectQuota', o),
};

/** The kernel of this host, by the compiled addon and its file systems. */
export function createLinuxKernel(): Kernel {
  return {
    ...linuxNetwork,
    ...linuxWatch,
    ...linuxCgroups,
    ...linuxMounts,
    ...linuxProcesses,
    ...linuxProjects,
  };
}

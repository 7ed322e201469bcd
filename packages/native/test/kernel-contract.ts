import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Kernel } from '../lib/kernel.ts';
import { createLinuxKernel } from '../lib/linux-kernel.ts';
import { addressExpectations } from './contract/addresses.ts';
import { cgroupExpectations } from './contract/cgroups.ts';
import { linkExpectations } from './contract/links.ts';
import { mountExpectations } from './contract/mounts.ts';
import { namespaceExpectations } from './contract/namespaces.ts';
import { neighbourExpectations } from './contract/neighbours.ts';
import { nftExpectations } from './contract/nft.ts';
import { procExpectations } from './contract/proc.ts';
import { processLimitExpectations } from './contract/process-limits.ts';
import { processExpectations } from './contract/processes.ts';
import { projectExpectations } from './contract/projects.ts';
import { routeExpectations } from './contract/routes.ts';
import type { Scene } from './contract/scene.ts';
import { sysctlExpectations } from './contract/sysctls.ts';
import { watchExpectations } from './contract/watch.ts';

const sections: Record<string, Record<string, (scene: Scene) => Promise<void>>> = {
  namespaces: namespaceExpectations,
  links: linkExpectations,
  addresses: addressExpectations,
  routes: routeExpectations,
  neighbours: neighbourExpectations,
  sysctls: sysctlExpectations,
  nftables: nftExpectations,
  watch: watchExpectations,
  processes: processExpectations,
  'limits of processes': processLimitExpectations,
  cgroups: cgroupExpectations,
  mounts: mountExpectations,
  proc: procExpectations,
  projects: projectExpectations,
};

export interface Subject
  extends Pick<
    Scene,
    'kernel' | 'directory' | 'startProcess' | 'apart' | 'makeDirectory' | 'makeFileSystem'
  > {
  kernel: Kernel;
  /** Ends what startProcess and apart started and did not end by itself. */
  endProcesses(): Promise<void>;
}

/** What is expected of every Kernel. `directory` holds what the tests make and need not exist. */
export function kernelContract(title: string, subject: Subject) {
  const { kernel, directory, startProcess, makeDirectory, makeFileSystem } = subject;
  const cgroup = `cellblock-test${process.pid}`;
  const expected = new Set<string>();
  const scene: Scene = {
    ...{ kernel: noting(kernel, expected), directory, startProcess, makeDirectory, makeFileSystem, cgroup },
    apart: async () => noting(await subject.apart(), expected),
    host: `${directory}/host`,
    guest: `${directory}/guest`,
  };

  describe(`${title} keeps the contract of Kernel`, () => {
    let linksBefore: string[] = [];
    const ownLinks = async () => (await kernel.listLinks({})).map((link) => link.name);

    beforeEach(async () => {
      linksBefore = await ownLinks();
      await kernel.createNetns({ path: scene.host });
      await kernel.createNetns({ path: scene.guest });
      await kernel.createCgroup({ name: cgroup });
    });
    afterEach(async () => {
      await subject.endProcesses();
      await kernel.killCgroup({ name: cgroup });
      await kernel.removeCgroup({ name: cgroup });
      for (const name of await kernel.listNetns({ directory })) {
        await kernel.removeNetns({ path: `${directory}/${name}` });
      }
      const left = await kernel.listMounts({ under: directory });
      for (const { target } of left) await kernel.unmount({ target }).catch(() => undefined);
      expect(left, 'mounts').toEqual([]);
      expect(await kernel.readCgroup({ name: cgroup }), 'control group').toBeNull();
      expect(await kernel.listNetns({ directory }), 'namespaces').toEqual([]);
      expect(await ownLinks(), 'links of the namespace that the tests run in').toEqual(linksBefore);
    });

    for (const [section, expectations] of Object.entries(sections)) {
      describe(section, () => {
        for (const [expectation, check] of Object.entries(expectations)) it(expectation, () => check(scene));
      });
    }

    it('says of every verb what is expected of it', () => {
      expect(Object.keys(createLinuxKernel()).filter((verb) => !expected.has(verb))).toEqual([]);
    });
  });
}

/** The same kernel; the names of the verbs that were called of it are put into `called`. */
function noting(kernel: Kernel, called: Set<string>): Kernel {
  return new Proxy(kernel, {
    get(target, verb) {
      called.add(String(verb));
      return Reflect.get(target, verb);
    },
  });
}

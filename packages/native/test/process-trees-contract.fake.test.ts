import { FakeProcessTrees } from '../lib/fake-process-trees.ts';
import { processTreesContract } from './process-trees-contract.ts';

let count = 0;

for (const raisesLimits of [true, false]) {
  const trees = new FakeProcessTrees({ raisesLimits });
  processTreesContract(`in memory, where limits may${raisesLimits ? '' : ' not'} be raised`, () => ({
    trees,
    group: async () => '/sys/fs/cgroup/tree/cgroup.procs',
    mayRaise: async () => raisesLimits,
    spec: async (changes) => ({
      runDirectory: `/run/${count++}`,
      hostname: 'inside',
      idBase: 1_879_048_192 + 65_536 * count,
      idCount: 65536,
      netns: '/run/netns/inside',
      cgroupProcsFiles: [],
      root: { kind: 'host-usr' },
      mounts: [],
      command: null,
      environment: {},
      uid: 0,
      gid: 0,
      capabilities: [],
      confinement: { noNewPrivileges: true, chroot: true, proc: 'masked', mounts: false },
      resourceLimits: {},
      devices: [],
      keeperUid: 990,
      keeperGid: 990,
      consoleBytes: 65536,
      ...changes,
    }),
  }));
}

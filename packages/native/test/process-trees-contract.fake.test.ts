import { FakeProcessTrees } from '../lib/fake-process-trees.ts';
import { processTreesContract } from './process-trees-contract.ts';

const trees = new FakeProcessTrees();
let count = 0;

processTreesContract('in memory', () => ({
  trees,
  spec: async (changes) => ({
    runDirectory: `/run/${count++}`,
    hostname: 'inside',
    idBase: 1879048192,
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

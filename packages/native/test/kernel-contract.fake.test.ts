import { createFakeKernel } from '../lib/fake-kernel.ts';
import { kernelContract } from './kernel-contract.ts';

for (const raisesLimits of [true, false]) {
  const kernel = createFakeKernel({ raisesLimits });
  const started: number[] = [];

  kernelContract(`the fake kernel, where limits may${raisesLimits ? '' : ' not'} be raised,`, {
    kernel,
    directory: '/run/fake',
    async startProcess(o) {
      const { pid } = kernel.startProcess(o);
      started.push(pid);
      return pid;
    },
    async endProcesses() {
      for (const pid of started.splice(0)) kernel.endProcess(pid);
    },
    apart: async () => createFakeKernel(),
    makeDirectory: async (name) => `/run/fake/${name}`,
    makeFileSystem: async (name) => `/run/fake/${name}`,
  });
}

import { afterAll, beforeAll } from 'vitest';
import { createLinuxKernel } from '../lib/linux-kernel.ts';
import { processTreesContract } from './process-trees-contract.ts';
import { BUILD_MS, TreeFixture } from './tree-fixture.ts';

let fixture: TreeFixture;
beforeAll(async () => {
  fixture = await TreeFixture.create();
}, BUILD_MS);
afterAll(() => fixture.remove());

processTreesContract('on Linux', () => ({
  trees: fixture.trees,
  spec: (changes) => fixture.spec(changes),
  group: () => fixture.pidsGroup(100),
  mayRaise: () => createLinuxKernel().mayRaiseLimits({}),
}));

import { expect } from 'vitest';
import { expectRefusal, type Scene } from './scene.ts';

/** What it does where projects are counted is seen in e2e/project-quota.spec.ts, on a kernel that can. */
export const projectExpectations = {
  'a file system that counts no projects says so': async ({ kernel, makeDirectory }: Scene) => {
    // Below /run: tmpfs has no projects on any kernel.
    const path = await makeDirectory('uncounted');
    expect(await kernel.readProject({ path })).toEqual({ project: 0, inherits: false });
    await expectRefusal(kernel.setProject({ path, project: 7 }), 'EOPNOTSUPP');
    await expectRefusal(kernel.readProjectQuota({ path, project: 7 }), 'EOPNOTSUPP');
    const limits = { path, project: 7, bytes: 65_536, inodes: null };
    await expectRefusal(kernel.setProjectQuota(limits), 'EOPNOTSUPP');
  },
};

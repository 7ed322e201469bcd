import { expect } from 'vitest';
import type { Kernel } from '../../lib/kernel.ts';
import { expectRefusal, type Scene } from './scene.ts';

/** Of what is mounted at /proc last: `hidepid=…`, empty where nothing is hidden; and everything else. */
async function procOf(kernel: Kernel) {
  const mount = (await kernel.listMounts({ under: '/proc' })).findLast(({ target }) => target === '/proc');
  const isHidepid = (option: string) => option.startsWith('hidepid=');
  return {
    hidepid: mount?.options.find(isHidepid) ?? '',
    others: { ...mount, options: mount?.options.filter((option) => !isHidepid(option)) },
  };
}

export const procExpectations = {
  'processes are hidden and shown again, and every other option stays': async ({ apart }: Scene) => {
    const kernel = await apart();
    const before = await procOf(kernel);
    expect(before).toMatchObject({ hidepid: '', others: { fsType: 'proc' } });
    for (const hidepid of ['invisible', 'ptraceable', 'noaccess']) {
      await kernel.setHidepid({ target: '/proc', hidepid });
      expect(await procOf(kernel)).toEqual({ ...before, hidepid: `hidepid=${hidepid}` });
    }
    await kernel.setHidepid({ target: '/proc', hidepid: 'off' });
    expect(await procOf(kernel)).toEqual(before);
  },
  'what is so already is made so once more': async ({ apart }: Scene) => {
    const kernel = await apart();
    for (const _ of [1, 2]) await kernel.setHidepid({ target: '/proc', hidepid: 'invisible' });
    expect((await procOf(kernel)).hidepid).toBe('hidepid=invisible');
  },
  'another word, and a place where no proc is mounted, are refused and change nothing': async (
    scene: Scene,
  ) => {
    const kernel = await scene.apart();
    await expectRefusal(kernel.setHidepid({ target: '/proc', hidepid: 'gone' }), 'EINVAL');
    const target = await scene.makeDirectory('tmpfs');
    await kernel.mountTmpfs({ target, size: '1024k', mode: '755' });
    await expectRefusal(kernel.setHidepid({ target, hidepid: 'invisible' }), 'EINVAL');
    await kernel.unmount({ target });
    expect((await procOf(kernel)).hidepid).toBe('');
  },
};

import { expect } from 'vitest';
import type { Kernel } from '../../lib/kernel.ts';

/** Where an expectation plays: `host` and `guest` are fresh network namespaces of this one test. */
export interface Scene {
  kernel: Kernel;
  host: string;
  guest: string;
  /** The directory in which both are pinned. */
  directory: string;
  /** A control group of this one test. */
  cgroup: string;
  /** A process that does nothing until it is killed; its number. */
  startProcess(o?: { cgroup?: string }): Promise<number>;
  /** A kernel whose /proc is nobody else's. */
  apart(): Promise<Kernel>;
  /** An empty directory below `directory`; its path. */
  makeDirectory(name: string): Promise<string>;
  /** A file with a small ext4 in it; its path. */
  makeFileSystem(name: string): Promise<string>;
}

export const MAC = '02:00:00:00:00:05';

/** A bridge `br0` in the host, `v0` on it, its other end `eth0` in the guest, up. */
export async function wire({ kernel, host, guest }: Scene) {
  await kernel.createBridge({ netns: host, name: 'br0' });
  await kernel.createVeth({
    netns: host,
    name: 'v0',
    master: 'br0',
    peer: { name: 'eth0', netns: guest, mac: MAC },
  });
  await kernel.setLink({ netns: guest, name: 'eth0', up: true });
}

/** The act is refused with this errno. */
export async function expectRefusal(act: Promise<unknown>, code: string) {
  await expect(act).rejects.toMatchObject({
    name: 'KernelError',
    code,
    step: expect.stringMatching(/\w/),
    errno: expect.any(Number),
  });
}

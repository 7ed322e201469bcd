import type { Kernel } from './kernel.ts';
import { linuxNetwork } from './linux-network.ts';

/** The kernel of this host, by the compiled addon and its file systems. */
export function createLinuxKernel(): Kernel {
  return { ...linuxNetwork } as Kernel;
}

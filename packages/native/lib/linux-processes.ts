import { callAddon } from './addon.ts';
import type { Kernel } from './kernel.ts';

export const linuxProcesses: Pick<
  Kernel,
  | 'processStartTime'
  | 'signalProcess'
  | 'waitProcess'
  | 'readProcessLimits'
  | 'setProcessLimit'
  | 'mayRaiseLimits'
> = {
  processStartTime: (o) => callAddon('processStartTime', o),
  signalProcess: (o) => callAddon('signalProcess', o),
  waitProcess: (o) => callAddon('waitProcess', o),
  readProcessLimits: (o) => callAddon('readProcessLimits', o),
  setProcessLimit: (o) => callAddon('setProcessLimit', o),
  mayRaiseLimits: (o) => callAddon('mayRaiseLimits', o),
};

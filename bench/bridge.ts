import { execFileSync } from 'node:child_process';

/** The floor's bridge, in the network namespace that the run has for itself. */
export const BRIDGE = 'bench0';

export function makeBridge(): void {
  const ip = (...args: string[]) => execFileSync('ip', args);
  ip('link', 'set', 'lo', 'up');
  ip('link', 'add', BRIDGE, 'type', 'bridge');
  ip('addr', 'add', '10.88.0.1/16', 'dev', BRIDGE);
  ip('link', 'set', BRIDGE, 'up');
}

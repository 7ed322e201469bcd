import { spawnSync } from 'node:child_process';

/** Whether systemd is shutting this machine down; false where systemd does not run. */
export function machineGoesDown(): boolean {
  const answer = spawnSync('systemctl', ['is-system-running'], { encoding: 'utf8', timeout: 5_000 });
  return answer.stdout?.trim() === 'stopping';
}

import { existsSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { endProcess, unmountBelow } from './end-instance.ts';
import { runProgram } from './run-program.ts';
import { processesInNetns } from './site-processes.ts';
import { isLeftover } from './stand-name.ts';

/** After the last file: whatever a stand that was not closed left behind. */
export default async function removeLeftovers(): Promise<void> {
  const pins = existsSync('/run/netns') ? readdirSync('/run/netns') : [];
  for (const name of pins.filter(isLeftover)) {
    for (const pid of processesInNetns(`/run/netns/${name}`)) endProcess(pid);
    await runProgram(['ip', 'netns', 'del', name]);
  }
  for (const name of readdirSync(tmpdir()).filter(isLeftover)) {
    unmountBelow(path.join(tmpdir(), name));
    rmSync(path.join(tmpdir(), name), { recursive: true, force: true });
  }
}

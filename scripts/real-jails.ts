import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** What shows that this machine is in use, one line each; the directories are parameters for its own test. */
export function realJails(
  places: { run: string; data: string } = { run: '/run/cellblock', data: '/var/lib/cellblock' },
): string[] {
  const found = entries(places.run).flatMap((instance) => {
    const pinned = path.join(places.run, instance, 'netns');
    return entries(pinned).map((key) => `a jail's network namespace: ${path.join(pinned, key)}`);
  });
  const pidFile = path.join(places.data, 'run/supervisor.pid');
  if (existsSync(pidFile)) {
    const pid = readFileSync(pidFile, 'utf8').split(/\s/)[0];
    if (existsSync(`/proc/${pid}`)) found.push(`cellblock is up: process ${pid} of ${places.data}`);
  }
  return found;
}

function entries(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory) : [];
}

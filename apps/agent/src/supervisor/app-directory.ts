import { existsSync, lstatSync, readdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';

/** `current` is what a systemd unit names; it is replaced in one step. */
export function makeCurrent(appDirectory: string, key: string): void {
  const draft = path.join(appDirectory, `.current-${process.pid}`);
  rmSync(draft, { force: true });
  symlinkSync(key, draft);
  renameSync(draft, path.join(appDirectory, 'current'));
}

/** Earlier builds go, except those that a living process runs from (a keeper outlives many builds). */
export function pruneBuilds(appDirectory: string, keep: string): void {
  const running = runningExecutables();
  for (const name of readdirSync(appDirectory)) {
    const place = path.join(appDirectory, name);
    if (name === keep || name === 'current' || lstatSync(place).isSymbolicLink()) continue;
    if (running.some((executable) => executable.startsWith(`${place}/`))) continue;
    rmSync(place, { recursive: true, force: true });
  }
}

/** A build that was unpacked beside its place goes there; one that is there already stays. Returns its directory. */
export function adoptBuild(draft: string, appDirectory: string, key: string): string {
  const target = path.join(appDirectory, key);
  if (draft !== target && !existsSync(path.join(target, 'build.json'))) renameSync(draft, target);
  return target;
}

function runningExecutables(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readlinkSync(`/proc/${pid}/exe`)];
      } catch {
        return []; // ended meanwhile, or a kernel thread
      }
    });
}

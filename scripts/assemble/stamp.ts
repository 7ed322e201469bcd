import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import path from 'node:path';

const SKIPPED = new Set(['node_modules', '.next', 'build', 'dist', 'generated', 'test-results', '.git']);

/** SHA-256 over names and contents of files and directories, whatever their dates: what decides if a build is needed. */
export function contentHash(repository: string, places: string[]): string {
  const hash = createHash('sha256');
  for (const file of places.flatMap((place) => filesBelow(path.join(repository, place))).sort()) {
    hash.update(`${path.relative(repository, file)}\0`);
    hash.update(createHash('sha256').update(readFileSync(file)).digest());
  }
  return hash.digest('hex').slice(0, 16);
}

/** Tests do not change what is built. */
function filesBelow(place: string): string[] {
  if (!existsSync(place)) return [];
  if (!statSync(place).isDirectory()) return [place];
  return readdirSync(place, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(place, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : filesBelow(full);
    if (entry.isSymbolicLink() && !existsSync(path.resolve(place, readlinkSync(full)))) return [];
    return entry.name.endsWith('.tsbuildinfo') || /\.test\.tsx?$/.test(entry.name) ? [] : [full];
  });
}

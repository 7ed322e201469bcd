import { writeFileSync } from 'node:fs';
import path from 'node:path';

/** Debian's Chromium, no other: what is tested is what a Debian user has. */
const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

/** A program that starts Chromium inside the namespace; Playwright speaks to it over inherited pipes. */
export function makeChromium(directory: string, netns: string): string {
  const file = path.join(directory, 'chromium');
  writeFileSync(file, `#!/bin/sh\nexec nsenter --net=${netns} -- ${CHROMIUM} "$@"\n`, { mode: 0o755 });
  return file;
}

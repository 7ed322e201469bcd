import path from 'node:path';
import { installedBuild } from './installed-build.ts';
import { settingsFromArguments } from './settings.ts';
import { supervise } from './supervise.ts';

/** `node supervisor.mjs --data DIR …`: runs until it is told to stop; exit 0 then, 1 when it could not start. */
const build = installedBuild(path.resolve(import.meta.dirname));
process.exitCode = await supervise(settingsFromArguments(process.argv.slice(2), process.env), build);

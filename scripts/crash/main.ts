import { crashBuild } from './crash-build.ts';

process.stdout.write(`${await crashBuild()}\n`);

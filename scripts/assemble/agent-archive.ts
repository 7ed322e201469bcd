import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { sharedLibraries } from './shared-libraries.ts';
import { repository } from './stage.ts';
import { tarEnd, tarEntry } from './tar-entry.ts';

/** Beyond this the archive shrinks by a hundredth for twice the time. */
const LEVEL = 4;
const PROGRAMS = ['supervisor.mjs', 'warden.mjs', 'dialer.mjs', 'cli.mjs'];
const EXECUTABLES = [
  'bin/cellblock',
  'native/spawn',
  'native/keeper',
  'native/probe',
  'native/cellblock.node',
];

/**
 * Everything that a further host needs, from a build that lies in `draft`, as one tar.gz; nothing of the
 * dashboard is in it. The same build always gives the same bytes. Node is nine tenths of it and the same for
 * many builds: it is compressed once a clone, as a gzip member of its own, and members may follow each other.
 */
export function agentArchive(draft: string): Buffer {
  const from = (place: string) => readFileSync(path.join(draft, place));
  const entries = [
    tarEntry('install', 0o755, readFileSync(path.join(import.meta.dirname, 'install.sh'))),
    tarEntry('build.json', 0o644, from('build.json')),
    ...PROGRAMS.map((name) => tarEntry(name, 0o644, from(name))),
    ...EXECUTABLES.map((name) => tarEntry(name, 0o755, from(name))),
    ...sharedLibraries(path.join(draft, 'native/cellblock.node')).map(({ name, file }) =>
      tarEntry(`native/lib/${name}`, 0o644, readFileSync(file)),
    ),
  ];
  return Buffer.concat([gzipSync(Buffer.concat(entries), { level: LEVEL }), nodeMember()]);
}

/** The last member: Node without the names of its symbols, and the archive's end. */
function nodeMember(): Buffer {
  const directory = path.join(repository, 'node_modules/.cellblock-archive');
  const of = createHash('sha256').update(`${process.version} ${process.arch} level ${LEVEL}`).digest('hex');
  const made = path.join(directory, `node-${of.slice(0, 16)}.gz`);
  if (existsSync(made)) return readFileSync(made);
  mkdirSync(directory, { recursive: true });
  const stripped = `${made}.node`;
  copyFileSync(process.execPath, stripped);
  const done = spawnSync('strip', [stripped], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`strip node: ${done.error?.message ?? done.stderr}`);
  const entry = tarEntry('bin/node', 0o755, readFileSync(stripped));
  const member = gzipSync(Buffer.concat([entry, tarEnd]), { level: LEVEL });
  rmSync(stripped);
  writeFileSync(`${made}.draft`, member);
  renameSync(`${made}.draft`, made);
  return member;
}

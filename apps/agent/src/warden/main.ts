import { chown, readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { createLinuxKernel } from '@cellblock/native/linux-kernel';
import { createLinuxProcessTrees } from '@cellblock/native/linux-process-trees';
import { DEFAULT_DATA_DIRECTORY } from '@cellblock/shared/data-directory';
import { readHostFile } from './host-file.ts';
import { programsDirectory } from './programs-directory.ts';
import { dialerGroup, serveDialer, serveRoot } from './serve.ts';
import { Warden } from './warden.ts';

const { values } = parseArgs({ options: { data: { type: 'string' }, ids: { type: 'string' } } });
const dataDirectory = values.data ?? process.env.CELLBLOCK_DATA ?? DEFAULT_DATA_DIRECTORY;
process.umask(0o022);

const warden = await Warden.open({
  dataDirectory,
  kernel: createLinuxKernel(),
  trees: createLinuxProcessTrees({ programs: programsDirectory() }),
  keeper: await keeperAccount(),
  agentVersion: process.env.CELLBLOCK_VERSION ?? 'unreleased',
  ...(values.ids === undefined ? {} : { idRegistry: values.ids }),
});
await warden.start();
const root = await serveRoot(warden);
const { paths } = warden.host;
const gid = await dialerGroup(paths.dialerSocket);
const dialer = await serveDialer(warden, gid);
await tellDialer();
console.error(`warden ${warden.key.instance} is ready (${warden.key.fingerprint})`);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, async () => {
    // Jails go on: only what asks and answers ends.
    await Promise.all([root.close(), dialer.close()]);
    await warden.stop();
    process.exit(0);
  });
}

/** Where to dial, for a process that may not read what else is known of the dashboard. */
async function tellDialer(): Promise<void> {
  const file = await readHostFile(paths.host);
  if (!file) return;
  const { dashboardUrl, ca } = file;
  await writeFile(paths.dialerFile, JSON.stringify({ dashboardUrl, ca }), { mode: 0o640 });
  await chown(paths.dialerFile, 0, gid);
}

/** Keepers run as nobody's user but their own; in a clone without that user, as nobody. */
async function keeperAccount(): Promise<{ uid: number; gid: number }> {
  const passwd = await readFile('/etc/passwd', 'utf8');
  const [, , uid, keeperGid] = /^cellblock-keeper:.*$/m.exec(passwd)?.[0]?.split(':') ?? [];
  return { uid: Number(uid ?? 65_534), gid: Number(keeperGid ?? 65_534) };
}

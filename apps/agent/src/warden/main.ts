import { chown, readFile, rename, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { createLinuxKernel } from '@cellblock/native/linux-kernel';
import { createLinuxProcessTrees } from '@cellblock/native/linux-process-trees';
import { DEFAULT_DATA_DIRECTORY } from '@cellblock/shared/data-directory';
import { readTextIfThere } from './durable-file.ts';
import { readHostFile } from './host-file.ts';
import { obeyParent } from './obey-parent.ts';
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
// A host is told of its dashboard, or of another address of it, at any moment.
setInterval(
  () => void tellDialer().catch((error) => console.error('the dialer was not told:', error)),
  1_000,
);
if (process.send) obeyParent(warden);
console.error(`warden ${warden.key.instance} is ready (${warden.key.fingerprint})`);

for (const signal of ['SIGTERM', 'SIGINT', 'SIGPWR'] as const) {
  process.once(signal, async () => {
    // Jails go on, unless the machine goes down: only what asks and answers ends.
    await Promise.allSettled([root.close(), dialer.close()]);
    try {
      await (signal === 'SIGPWR' ? warden.stopWithMachine() : warden.stop());
      process.exit(0);
    } catch (error) {
      console.error('the warden failed to stop:', error);
      process.exit(1);
    }
  });
}

/** Where to dial, for a process that may not read what else is known of the dashboard. */
async function tellDialer(): Promise<void> {
  const file = await readHostFile(paths.host);
  if (!file) return;
  const { dashboardUrl, ca } = file;
  // Until it is enrolled, it belongs nowhere else.
  const others = file.host === null ? [] : file.others.filter(({ url }) => url !== dashboardUrl);
  const text = JSON.stringify({ dashboardUrl, ca, others });
  if (text === (await readTextIfThere(paths.dialerFile))) return;
  const fresh = `${paths.dialerFile}.new`;
  await writeFile(fresh, text, { mode: 0o640 });
  await chown(fresh, 0, gid);
  await rename(fresh, paths.dialerFile);
  globalThis.crashHere?.('warden told the dialer');
}

/** Keepers run as nobody's user but their own; in a clone without that user, as nobody. */
async function keeperAccount(): Promise<{ uid: number; gid: number }> {
  const passwd = await readFile('/etc/passwd', 'utf8');
  const [, , uid, keeperGid] = /^cellblock-keeper:.*$/m.exec(passwd)?.[0]?.split(':') ?? [];
  return { uid: Number(uid ?? 65_534), gid: Number(keeperGid ?? 65_534) };
}

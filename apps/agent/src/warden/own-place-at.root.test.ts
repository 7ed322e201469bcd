import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const run = promisify(execFile);

/** Asks about each path in a mount namespace of its own, in which `script` has mounted what it likes. */
const ASK = `
const { refuseView } = await import(process.argv[1] + '/view/refuse-view.ts');
const { refuseDirRoot } = await import(process.argv[1] + '/root/dir-root.ts');
const { JailSettings } = await import('@cellblock/shared/jail-spec');
const [dataDirectory, prefix, ...paths] = process.argv.slice(2);
const bounds = { viewPrefixes: [{ path: prefix, writable: true, idmapped: true }], devices: [] };
const said = {};
for (const path of paths) {
  const view = [{ kind: 'bind', source: path, target: '/data', readOnly: true }];
  const settings = JailSettings.parse({ hostname: 'a', root: { kind: 'host-usr' }, view });
  const root = await refuseDirRoot({ path, rootPrefixes: [prefix], dataDirectory });
  said[path.slice(prefix.length + 1)] = [(await refuseView(settings, { bounds, dataDirectory }))?.rule ?? null, root?.rule ?? null];
}
console.log(JSON.stringify(said));
`;

test('what an agent lives from is shown to no jail under a name that a mount gives it', async () => {
  const directory = await mkdtemp('/tmp/own-places-');
  onTestFinished(() => rm(directory, { recursive: true }));
  const [data, shown] = [join(directory, 'lib/data'), join(directory, 'shown')];
  // Names with a space are written otherwise in the table of mounts.
  const names = ['itself', 'inside', 'holder', 'deep', 'covered', 'beside', 'plain one'];
  for (const name of names) await mkdir(join(shown, name), { recursive: true });
  for (const each of ['agent/jails/a/etc', 'etc']) await mkdir(join(data, each), { recursive: true });
  for (const each of ['etc', 'web/etc']) await mkdir(join(directory, 'lib', each), { recursive: true });
  const script = `
    set -e; cd ${directory}
    mount --bind lib/data shown/itself
    mount --bind lib/data/agent/jails/a shown/inside
    mount --bind lib shown/holder
    mount --bind lib shown/deep
    mount --bind lib/data shown/covered
    mount --bind lib/web shown/covered
    mount --bind lib/web shown/beside
    mount --bind lib/web 'shown/plain one'
    cd "$OLDPWD"; exec "$0" "$@"`;
  const asked = [...names, 'deep/data/agent', 'deep/web'].map((name) => join(shown, name));
  const node = [process.execPath, '--input-type=module', '--eval', ASK, import.meta.dirname, data, shown];
  const { stdout } = await run(
    'unshare',
    ['--mount', '--propagation', 'private', 'sh', '-c', script, ...node, ...asked],
    { cwd: import.meta.dirname },
  );
  const ours = ['view-source-ours', 'root-data'];
  expect(JSON.parse(stdout)).toEqual({
    itself: ours,
    inside: ours,
    holder: ours,
    deep: ours,
    'deep/data/agent': ours,
    // Nothing of it is the agent's: neither what lies beside, nor where its own was covered again.
    'deep/web': [null, null],
    covered: [null, null],
    beside: [null, null],
    'plain one': [null, null],
  });
});

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { codenameOf, debianSources } from './debian-sources.ts';

async function apt(files: Record<string, string>): Promise<string> {
  const directory = await mkdtemp('/tmp/debian-sources-');
  onTestFinished(() => rm(directory, { recursive: true }));
  await mkdir(join(directory, 'sources.list.d'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  return directory;
}

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const PARAGRAPHS = `Types: deb
# a comment
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: ${KEYRING}

Types: deb
URIs: https://packages.example/x
Suites: bookworm
Components: stable
`;

test('the host’s own lines for that release, in either form, and no stranger’s', async () => {
  const etc = await apt({ 'sources.list.d/debian.sources': PARAGRAPHS });
  expect(debianSources('bookworm', etc)).toEqual([
    `deb [signed-by=${KEYRING}] http://mirror.example/debian bookworm main`,
    `deb [signed-by=${KEYRING}] http://mirror.example/debian bookworm-updates main`,
  ]);
  const old = await apt({
    'sources.list': '#deb http://x y main\ndeb http://a/debian bookworm main contrib # c\n',
  });
  expect(debianSources('bookworm', old)).toEqual(['deb http://a/debian bookworm main contrib']);
});

test('another release comes from the same archive; a host that is no Debian names none', async () => {
  const etc = await apt({ 'sources.list.d/debian.sources': PARAGRAPHS });
  expect(debianSources('trixie', etc)).toEqual(['deb http://mirror.example/debian trixie main']);
  expect(debianSources('bookworm', await apt({}))).toEqual([]);
  expect([codenameOf('12'), codenameOf('sid')]).toEqual(['bookworm', 'sid']);
});

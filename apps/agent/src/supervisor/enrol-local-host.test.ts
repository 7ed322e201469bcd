import {
  mkdirSync,
  mkdtempSync,
  type NoParamCallback,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { dataDirectory } from '@cellblock/shared/data-directory';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { dashboardOf, ensureHostFile } from './enrol-local-host.ts';
import type { Settings } from './settings.ts';

/** Names of what was brought to the disk, in order. */
const synced: string[] = [];
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const fsync = (fd: number, done: NoParamCallback) => {
    synced.push(path.basename(readlinkSync(`/proc/self/fd/${fd}`)));
    fs.fsync(fd, done);
  };
  return { ...fs, fsync };
});

let place: ReturnType<typeof dataDirectory>;
const settings = (more: Partial<Settings> = {}): Settings => ({
  data: place.data,
  port: 7420,
  listen: '127.0.0.1',
  noAgent: false,
  ...more,
});
const hostFile = () => JSON.parse(readFileSync(place.hostFile, 'utf8')) as Record<string, unknown>;

beforeEach(() => {
  place = dataDirectory(mkdtempSync(path.join(tmpdir(), 'cellblock-host-file-')));
  mkdirSync(place.agent);
  mkdirSync(place.web);
  writeFileSync(path.join(place.web, 'ca.pem'), 'the authority');
  writeFileSync(place.hostFile, JSON.stringify({ dashboardUrl: 'http://localhost:7420', counter: 7 }));
});
afterEach(() => rmSync(place.data, { recursive: true, force: true }));

test('a dashboard that listens on one address only is followed there, by its own authority, and back', async () => {
  await ensureHostFile(place, settings({ listen: '192.0.2.10', url: 'https://192.0.2.10:7420' }));
  expect(hostFile()).toEqual({ dashboardUrl: 'https://192.0.2.10:7420', ca: 'the authority', counter: 7 });
  await ensureHostFile(place, settings());
  expect(hostFile()).toEqual({ dashboardUrl: 'http://localhost:7420', ca: null, counter: 7 });
});

test('a dashboard that listens everywhere is dialled over loopback', async () => {
  await ensureHostFile(place, settings({ port: 7421, listen: '0.0.0.0', url: 'https://c.example:7421' }));
  expect(dashboardOf(place)).toBe('http://localhost:7421');
});

test.each([
  ['192.0.2.10', 'https://192.0.2.10:7420'],
  ['2001:db8::10', 'https://[2001:db8::10]:7420'],
])(
  'behind a proxy, whose certificate is another, the dashboard itself is dialled on %s',
  async (listen, dialled) => {
    await ensureHostFile(place, settings({ listen, url: 'https://c.example' }));
    expect(hostFile()).toMatchObject({ dashboardUrl: dialled, ca: 'the authority' });
    await ensureHostFile(place, settings({ listen, url: 'https://c.example:7420' }));
    expect(hostFile()).toMatchObject({ dashboardUrl: 'https://c.example:7420', ca: 'the authority' });
  },
);

test('a certificate that was given is judged by the authorities of the system', async () => {
  const given = { cert: '/c.pem', key: '/k.pem' };
  await ensureHostFile(place, settings({ listen: '192.0.2.10', url: 'https://c.example:7420', ...given }));
  expect(hostFile()).toMatchObject({ dashboardUrl: 'https://c.example:7420', ca: null });
});

test('counter and pinned key are on the disk before the old file is gone', async () => {
  synced.length = 0;
  await ensureHostFile(place, settings({ port: 7421 }));
  expect(hostFile()).toMatchObject({ dashboardUrl: 'http://localhost:7421', counter: 7 });
  expect(synced).toEqual(['host.json.new', 'agent']);
});

import type { ImageInUse } from '@cellblock/shared/image';
import { expect, test } from 'vitest';
import { imageRows, whyKept } from './image-rows.ts';

const image = (name: string, hex: string, created: string): ImageInUse => ({
  digest: `sha256:${hex.repeat(32)}`,
  name,
  source: 'a test',
  created,
  size: 1,
  entries: 1,
  architecture: 'amd64',
  by: 'mira',
  cause: null,
  suggested: { command: null, environment: [], user: null },
  usedBy: [],
});

test('images stand by name, the newest of a name first, and one tree on two hosts is two rows', () => {
  const old = image('debian:12', 'ab', '2026-11-01T00:00:00.000Z');
  const young = image('debian:12', 'cd', '2026-11-02T00:00:00.000Z');
  const stores = [
    { host: 'h2', images: [old], problem: null },
    { host: 'h1', images: [image('nginx', 'ef', old.created), old, young], problem: null },
    { host: 'h3', images: [], problem: 'h3: Host h3 is not connected' },
  ];
  expect(imageRows(stores).map(({ key, name }) => `${name} ${key}`)).toEqual([
    'debian:12 h1/cdcdcdcdcdcd',
    'debian:12 h1/abababababab',
    'debian:12 h2/abababababab',
    'nginx h1/efefefefefef',
  ]);
});

test('an image that is a root says whose, and what to do', () => {
  expect(whyKept({ name: 'nginx', usedBy: [] })).toBeNull();
  expect(whyKept({ name: 'nginx', usedBy: ['web1'] })).toBe('nginx is the root of web1. Destroy it first.');
  expect(whyKept({ name: 'nginx', usedBy: ['web1', 'web2'] })).toMatch(/web1, web2\. Destroy them first/);
});

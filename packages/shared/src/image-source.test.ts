import { expect, test } from 'vitest';
import { Distribution, ImageReference, IncludedPackages } from './image.ts';
import { imageName, parseReference, sourceOf } from './image-source.ts';

test('a reference names its registry, or means Docker’s', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  expect(parseReference('nginx')).toEqual({
    registry: 'docker.io',
    repository: 'library/nginx',
    tag: null,
    digest: null,
  });
  expect(parseReference('grafana/loki:3.1')).toMatchObject({
    registry: 'docker.io',
    repository: 'grafana/loki',
  });
  expect(parseReference(`localhost:5000/a/b:x@${digest}`)).toEqual({
    registry: 'localhost:5000',
    repository: 'a/b',
    tag: 'x',
    digest,
  });
});

test('what a host’s bounds are asked for, and what people call the image', () => {
  expect(sourceOf({ kind: 'bootstrap', distribution: 'debian:12', include: [] })).toBe('debian');
  expect(sourceOf({ kind: 'upload', name: 'root.tar' })).toBe('upload');
  const pull = { kind: 'pull', reference: 'registry.example:5000/web:1' } as const;
  expect(sourceOf(pull)).toBe('registry.example:5000');
  expect(imageName(pull)).toBe('registry.example:5000/web:1');
  expect(imageName({ kind: 'pull', reference: 'nginx' })).toBe('docker.io/library/nginx');
  const include = ['systemd-sysv', 'openssh-server'];
  expect(imageName({ kind: 'bootstrap', distribution: 'debian:12', include })).toBe(
    'debian:12+systemd-sysv+openssh-server',
  );
});

test('options, paths and other words are no references', () => {
  for (const bad of ['--help', 'a b', '../x', 'x@sha256:1', 'dir:/etc', 'A', 'a//b', '/etc', 'x;y', ''])
    expect(ImageReference.safeParse(bad).success, bad).toBe(false);
  for (const good of ['nginx', 'docker.io/library/nginx:1.28', 'localhost:5000/t/x:v_1.2-3'])
    expect(ImageReference.safeParse(good).success, good).toBe(true);
  for (const bad of ['ubuntu:24', 'debian', 'debian:-x', 'alpine:edge/..'])
    expect(Distribution.safeParse(bad).success, bad).toBe(false);
  for (const bad of ['', '--hook', 'a,b', 'a b', '../x', 'A'])
    expect(IncludedPackages.safeParse([bad]).success, bad).toBe(false);
  expect(IncludedPackages.safeParse(['systemd-sysv', 'libstdc++6', 'python3.11']).success).toBe(true);
});

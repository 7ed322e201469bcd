import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { dataDirectory } from '@cellblock/shared/data-directory';
import { expect, onTestFinished, test } from 'vitest';
import { installationKeyHash, readDashboardSecrets, writeDashboardSecrets } from './dashboard-secrets.ts';

const me = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

function place() {
  const directory = mkdtempSync(path.join(tmpdir(), 'secrets-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const data = dataDirectory(directory);
  mkdirSync(data.web);
  return data;
}

function withDashboard() {
  const data = place();
  const pem = () =>
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  for (const name of ['installation.key', 'ca.key', 'ca.pem'])
    writeFileSync(path.join(data.web, name), pem());
  writeFileSync(path.join(data.web, 'session.secret'), 's'.repeat(64));
  return data;
}

test('what one dashboard exports makes another one of the same installation, and again', () => {
  const [first, second] = [withDashboard(), place()];
  expect(installationKeyHash(second)).toBeNull();
  const secrets = readDashboardSecrets(first);
  writeDashboardSecrets(second, secrets, me);
  writeDashboardSecrets(second, secrets, me);
  expect(installationKeyHash(second)).toBe(installationKeyHash(first));
  expect(readDashboardSecrets(second)).toEqual(secrets);
  expect(statSync(path.join(second.web, 'installation.key')).mode & 0o777).toBe(0o600);
});

test('another installation’s key is never overwritten', () => {
  const [first, second] = [withDashboard(), withDashboard()];
  const before = installationKeyHash(second);
  expect(() => writeDashboardSecrets(second, readDashboardSecrets(first), me)).toThrow(
    'holds the key of another installation',
  );
  expect(installationKeyHash(second)).toBe(before);
});

test('where there is no dashboard nothing is exported, and it is said what is missing', () => {
  const data = withDashboard();
  rmSync(path.join(data.web, 'ca.pem'));
  expect(() => readDashboardSecrets(data)).toThrow('no dashboard');
});

import { dataDirectory } from '@cellblock/shared/data-directory';
import { expect, test } from 'vitest';
import type { Settings } from '../supervisor/settings.ts';
import { unitName } from './launch.ts';
import { startCommand, unitText } from './systemd-unit.ts';

const place = dataDirectory('/var/lib/cellblock');
const settings: Settings = {
  data: place.data,
  port: 7420,
  listen: '127.0.0.1',
  noAgent: false,
  databaseUrl: 'postgresql://u:secret@db/cellblock',
};

test('the service starts whatever build is current, and leaves jails and database to themselves', () => {
  const unit = unitText(place, settings);
  expect(unit).toContain(
    'ExecStart=/var/lib/cellblock/app/current/bin/node /var/lib/cellblock/app/current/supervisor.mjs ' +
      '--data /var/lib/cellblock --port 7420 --listen 127.0.0.1\n',
  );
  expect(unit).toContain('KillMode=process\n');
  expect(unit).toContain('Restart=always\n');
  // A host whose disk was full for a minute comes back by itself.
  expect(unit).toContain('StartLimitIntervalSec=0\n');
});

test('no secret is in the unit, which everybody may read', () => {
  expect(unitText(place, settings)).not.toContain('secret');
});

test('a word with a space stays one word', () => {
  expect(startCommand(place, { ...settings, cert: '/etc/my certs/c.pem', key: '/k.pem' })).toContain(
    '--cert "/etc/my certs/c.pem" --key /k.pem',
  );
});

test('another data directory has a service of its own', () => {
  expect(unitName('/var/lib/cellblock')).toBe('cellblock.service');
  expect(unitName('/srv/second')).toMatch(/^cellblock-[0-9a-f]{8}\.service$/);
});

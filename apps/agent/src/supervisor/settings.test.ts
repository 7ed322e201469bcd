import { describe, expect, test } from 'vitest';
import { argumentsOf, checkSettings, type Settings, settingsFromArguments, urlOf } from './settings.ts';

const plain: Settings = { data: '/var/lib/cellblock', port: 7420, listen: '127.0.0.1', noAgent: false };

test('arguments say the settings, and back', () => {
  const full: Settings = {
    ...plain,
    listen: '0.0.0.0',
    url: 'https://c.example:7420',
    cert: '/c.pem',
    key: '/k.pem',
    noAgent: true,
  };
  expect(settingsFromArguments(argumentsOf(plain), {})).toEqual(plain);
  expect(settingsFromArguments(argumentsOf(full), {})).toEqual(full);
});

test('secrets come in the environment and are on no command line', () => {
  const settings = settingsFromArguments(['--agent-only', '--dashboard', 'https://c.example'], {
    CELLBLOCK_TOKEN: 'secret',
    DATABASE_URL: 'postgresql://u:password@db/x',
  });
  expect(settings.agentOnly).toEqual({ dashboard: 'https://c.example', token: 'secret' });
  expect(argumentsOf(settings).join(' ')).not.toMatch(/secret|password/);
});

test('the environment names directory and port where the arguments do not', () => {
  const env = { CELLBLOCK_DATA: '/srv/c', CELLBLOCK_PORT: '8000' };
  expect(settingsFromArguments([], env)).toMatchObject({ data: '/srv/c', port: 8000 });
  expect(settingsFromArguments(['--port', '9000'], env).port).toBe(9000);
});

describe('refused, with the field', () => {
  test.each([
    ['port', { port: 0 }],
    ['port', { port: 65_536 }],
    ['port', { port: Number('http') }],
    ['key', { cert: '/c.pem' }],
    ['cert', { key: '/k.pem' }],
    ['url', { url: 'c.example' }],
    ['url', { url: 'https://c.example/path' }],
    ['url', { listen: '0.0.0.0' }],
    ['url', { listen: '0.0.0.0', url: 'http://c.example:7420' }],
  ])('%s: %j', (field, wrong) => {
    let refusal: unknown;
    try {
      checkSettings({ ...plain, ...wrong });
    } catch (error) {
      refusal = (error as { refusal: unknown }).refusal;
    }
    expect(refusal).toMatchObject({ code: 'invalid', field, fix: expect.any(String) });
  });
});

test('plain HTTP is a URL for this machine, behind a tunnel or a proxy', () => {
  expect(checkSettings({ ...plain, url: 'http://c.example' }).url).toBe('http://c.example');
});

test('the URL has no slash at its end', () => {
  expect(urlOf(plain)).toBe('http://localhost:7420');
  expect(urlOf({ ...plain, url: 'https://c.example/' })).toBe('https://c.example');
});

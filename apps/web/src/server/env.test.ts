import { expect, it } from 'vitest';
import { readEnv } from './env.ts';

const DATABASE_URL = 'postgresql://cellblock_app@localhost/cellblock?host=/run';

it('needs the database alone; the rest has defaults', () => {
  expect(readEnv({ DATABASE_URL })).toMatchObject({
    listen: '127.0.0.1',
    certificate: null,
    apiOnly: false,
    rootSocket: '/var/lib/cellblock/run/web/root.sock',
  });
});

it('takes the slash off a URL, and makes one of the port where there is none', () => {
  expect(readEnv({ DATABASE_URL, CELLBLOCK_URL: 'https://cells.example/' }).url).toBe(
    'https://cells.example',
  );
  expect(readEnv({ DATABASE_URL, CELLBLOCK_PORT: '8123' }).url).toBe('http://localhost:8123');
});

it('names every variable at fault at once', () => {
  expect(() => readEnv({ CELLBLOCK_PORT: '99999', CELLBLOCK_URL: 'nonsense' })).toThrow(
    /CELLBLOCK_PORT: .*; CELLBLOCK_URL: .*; DATABASE_URL: /,
  );
  expect(() => readEnv({ DATABASE_URL, CELLBLOCK_CERT: '/c.pem' })).toThrow('belong together');
});

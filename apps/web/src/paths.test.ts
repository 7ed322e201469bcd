import { expect, it } from 'vitest';
import { paths } from './paths.ts';

it('names stand in the path, encoded', () => {
  expect(paths.jail('web-1')).toBe('/jails/web-1/overview');
  expect(paths.network('a/b', { pool: 'p' })).toBe('/networks/a%2Fb?pool=p');
  expect(paths.address('fd00::5', '2026-08-03T14:03:00Z')).toBe(
    '/ip/fd00%3A%3A5?at=2026-08-03T14%3A03%3A00Z',
  );
  expect(paths.jailNew({ host: 'h1' })).toBe('/jails/new?host=h1');
});

import { expect, it } from 'vitest';
import { pageSubject } from './page-subject.ts';

it.each([
  ['/jails/web-1/network', null, { type: 'jail', name: 'web-1' }],
  ['/jails', 'web-2', { type: 'jail', name: 'web-2' }],
  ['/jails', null, null],
  ['/jails/new', null, null],
  ['/hosts/fra1-h07/overview', null, { type: 'host', name: 'fra1-h07' }],
  ['/ip/fd00%3A%3A5', null, { type: 'address', name: 'fd00::5' }],
  ['/audit', 'x', null],
])('%s with %s is about %o', (pathname, peek, subject) =>
  expect(pageSubject(pathname, peek)).toEqual(subject),
);

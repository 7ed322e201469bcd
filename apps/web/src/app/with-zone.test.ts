import { expect, test } from 'vitest';
import { withZone } from './with-zone';

test.each([
  ['/hosts', 'Asia/Tokyo', '/hosts?tz=Asia/Tokyo'],
  [
    '/audit?q=kind%3Ajail.create&tz=Asia/Tokyo',
    'Europe/Berlin',
    '/audit?q=kind%3Ajail.create&tz=Europe/Berlin',
  ],
  ['/audit?tz=Asia/Tokyo#rows', 'utc', '/audit#rows'],
  ['/hosts?q=a', 'local', '/hosts?q=a'],
  ['/hosts', 'Etc/GMT+5', '/hosts?tz=Etc/GMT%2B5'],
  ['#main', 'Asia/Tokyo', '#main'],
  ['https://example.org/a', 'Asia/Tokyo', 'https://example.org/a'],
])('%s in the zone %s is %s', (href, zone, becomes) => {
  expect(withZone(href, zone)).toBe(becomes);
});

import { describe, expect, it } from 'vitest';
import { readPasted } from './read-pasted.ts';

const hrefs = (text: string) => readPasted(text).map(({ href }) => href);

describe('a pasted text', () => {
  it.each([
    ['10.20.4.93', '/ip/10.20.4.93'],
    ['fd00::5', '/ip/fd00%3A%3A5'],
    ['10.20.4.0/24', '/jails?q=ip%3A10.20.4.0%2F24'],
    ['#184220', '/audit/184220'],
    ['t-90', '/tasks/T-90'],
    ['0190c3f2-0000-7000-8000-00000000000a', '/audit?q=request%3A0190c3f2-0000-7000-8000-00000000000a'],
    ['req_01JD9X', '/audit?q=request%3Areq_01JD9X'],
  ])('%s leads to %s', (text, href) => expect(hrefs(text)[0]).toBe(href));

  it.each(['web-1', '02:42:ac:11:00:02', 'T-x', '1.2.3', '#x'])('%s is for the server to find', (text) => {
    expect(hrefs(text)).toEqual([]);
  });
});

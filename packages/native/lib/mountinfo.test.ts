import { describe, expect, it } from 'vitest';
import { isAtOrBelow, parseMountinfo } from './mountinfo.ts';

describe('parseMountinfo', () => {
  it('reads place, kind, source and options of both levels', () => {
    const line =
      '36 35 98:0 /mnt1 /mnt\\0402 ro,noatime shared:1 master:2 - ext3 /dev/root rw,errors=continue';
    expect(parseMountinfo(`${line}\n`)).toEqual([
      {
        target: '/mnt 2',
        fsType: 'ext3',
        source: '/dev/root',
        options: ['ro', 'noatime', 'errors=continue'],
      },
    ]);
  });
});

describe('isAtOrBelow', () => {
  it('takes whole names only', () => {
    expect(isAtOrBelow('/a/b', '/a/b/')).toBe(true);
    expect(isAtOrBelow('/a/b/c', '/a/b')).toBe(true);
    expect(isAtOrBelow('/a/bc', '/a/b')).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { ViewMount } from './view-mount.ts';
import { parseViewText, type ViewTextKind, viewText } from './view-text.ts';

describe('a mount in one line', () => {
  it.each<[ViewTextKind, string, string?]>([
    ['bind', '/srv/www:/www:ro'],
    ['bind', '/srv/www', '/srv/www:/srv/www:ro'],
    ['bind', '/srv/www:rw', '/srv/www:/srv/www:rw'],
    ['bind', '/srv/www:/www:rw,plain,shared,suid,noexec,nosymfollow'],
    ['overlay', '/a+/b:/c:ro,noexec'],
    ['overlay', '/a:/c'],
    ['tmpfs', '/scratch:64M:mode=1777,inodes=10'],
    ['tmpfs', '/scratch:4K'],
    ['mask', '/proc/cpuinfo'],
    ['sysfs', '/sys'],
  ])('%s %s is read, written and read again', (kind, text, written = text) => {
    const mount = parseViewText(kind, text);
    if ('problem' in mount) throw new Error(mount.problem);
    expect(ViewMount.parse(mount)).toEqual(mount);
    expect(viewText(mount)).toBe(written);
    expect(parseViewText(kind, written)).toEqual(mount);
  });

  it.each<[ViewTextKind, string]>([
    ['bind', '/a:/b:ro:x'],
    ['bind', '/a:b:ro'],
    ['bind', '/a:/b:ro,rw'],
    ['bind', '/a:/b:fast'],
    ['bind', '/a:/b:slave,shared'],
    ['overlay', '/a'],
    ['overlay', '/a:/b:idmapped'],
    ['tmpfs', '/a'],
    ['tmpfs', '/a:big'],
    ['tmpfs', '/a:1M:inodes=many'],
    ['tmpfs', '/a:1M:mode'],
    ['mask', '/a:/b'],
  ])('%s %s is none, and says why', (kind, text) => {
    expect(parseViewText(kind, text)).toMatchObject({ problem: expect.stringMatching(/.{10}/) });
  });
});

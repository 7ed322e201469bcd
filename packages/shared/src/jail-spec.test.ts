import { expect, test } from 'vitest';
import { HostPath } from './host-path.ts';
import { Command, Environment } from './jail-spec.ts';

test('what execve cannot take is refused by name', () => {
  expect(Command.safeParse(['/bin/echo', 'a\0b']).error?.issues[0]).toMatchObject({
    path: [1],
    message: 'must not contain NUL: leave it out',
  });
  expect(Command.safeParse(['x'.repeat(131_072)]).success).toBe(false);
  expect(Command.safeParse(['x'.repeat(131_071)]).success).toBe(true);
  expect(Command.safeParse([]).success).toBe(false);
  expect(Environment.safeParse({ 'A=B': 'x' }).success).toBe(false);
  expect(Environment.safeParse({ A: '\0' }).success).toBe(false);
});

test('a host path is absolute and climbs nowhere', () => {
  expect(['/srv/a', '/'].every((path) => HostPath.safeParse(path).success)).toBe(true);
  expect(['srv', '/srv/../etc', '/srv/a\nb'].some((path) => HostPath.safeParse(path).success)).toBe(false);
});

import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { refusalOf } from './refusal-of.ts';

describe('a malformed input', () => {
  const Input = z.object({
    name: z.string().min(3),
    role: z.enum(['viewer', 'admin']),
    count: z.int().max(5),
    at: z.iso.datetime(),
    id: z.uuid(),
    key: z.string().regex(/^k/),
    either: z.union([z.object({ a: z.string() }), z.object({ b: z.string() })]),
  });
  const right = {
    name: 'abc',
    role: 'admin',
    count: 1,
    at: '2026-01-01T00:00:00Z',
    id: '0198a1b2-0000-7000-8000-000000000000',
    key: 'k',
    either: { a: 'x' },
  };

  it.each([
    ['name', undefined, /^name is missing/, /^Give name, a string\.$/],
    ['name', 7, /^name is not a string/, /^Give a string\.$/],
    ['name', 'x', /^name is too short/, /^Give at least 3 characters\.$/],
    ['role', 'king', /^role is none of viewer, admin/, /^Write one of them\.$/],
    ['count', 9, /^count is too big/, /^Give at most 5\.$/],
    ['at', 'noon', /^at is no moment/, /^Write it as 2026-11-22T14:00:00Z\.$/],
    ['id', '7', /^id is no id/, /^Give the id as it was shown/],
    ['key', 'x', /^key is not in its form/, /\/\^k\//],
    ['either', 5, /^either has none of the forms/, /--help/],
  ])('%s as %j has a cause and a fix of its own', (field, value, cause, fix) => {
    const error = Input.safeParse({ ...right, [field]: value }).error;
    const refusal = refusalOf(error, 'req-1');
    expect(refusal).toMatchObject({ code: 'invalid', field, requestId: 'req-1' });
    expect(refusal.cause).toMatch(cause);
    expect(refusal.fix).toMatch(fix);
  });

  it.each([
    ['a fault of our own', new Error('secret')],
    ['a stranger', Object.assign(new Error('x'), { name: 'PrismaClientInitializationError', code: 'P1001' })],
  ])('%s has cause, fix and request id', (_, error) => {
    expect(refusalOf(error, 'req-2')).toMatchObject({
      cause: expect.stringMatching(/./),
      fix: expect.stringMatching(/./),
      requestId: 'req-2',
    });
  });
});

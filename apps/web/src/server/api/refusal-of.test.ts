import { AppError } from '@cellblock/shared/app-error';
import { Name } from '@cellblock/shared/name';
import { TRPCError } from '@trpc/server';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { refusalOf, statusOf, trpcErrorOf } from './refusal-of.ts';

const input = z.object({ name: Name, count: z.int() });
const issuesOf = (value: unknown) =>
  new TRPCError({ code: 'BAD_REQUEST', cause: input.safeParse(value).error });

describe('what a caller is told', () => {
  it('passes a refusal on, with the request id', () => {
    const refusal = refusalOf(new AppError('conflict', 'web1 exists.', { fix: 'Take another name.' }), 'r-1');
    expect(refusal).toEqual({
      code: 'conflict',
      message: 'web1 exists.',
      fix: 'Take another name.',
      requestId: 'r-1',
    });
  });

  it('names field, cause and fix of bad input', () => {
    expect(refusalOf(issuesOf({ name: '...', count: 1 }), 'r-1')).toMatchObject({
      code: 'invalid',
      field: 'name',
      message: 'name is made only of dots, which name directories: use letters or digits',
      cause: 'name is made only of dots, which name directories',
      fix: 'Use letters or digits.',
    });
  });

  it('names the field also where the schema library words the issue', () => {
    const refusal = refusalOf(issuesOf({ name: 'web1', count: 'x' }), 'r-1');
    expect(refusal).toMatchObject({ code: 'invalid', field: 'count' });
    expect(refusal.message).toMatch(/^count is not a number/);
    expect(refusal.fix).toBe('Give a number.');
  });

  it('says nothing of an unknown error but where to look', () => {
    const secret = new Error('password=hunter2');
    for (const error of [secret, new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: secret })]) {
      const refusal = refusalOf(error, 'r-7');
      expect(JSON.stringify(refusal)).not.toContain('hunter2');
      expect(refusal).toMatchObject({ code: 'internal', requestId: 'r-7' });
      expect(trpcErrorOf(error, 'r-7').message).not.toContain('hunter2');
    }
  });

  it('knows a database that starts or stops from a query that is wrong', () => {
    const raw = (text: string) =>
      Object.assign(new Error(text), { name: 'PrismaClientKnownRequestError', code: 'P2010' });
    const starting = raw('Raw query failed. Code: `57P03`. Message: `the database system is starting up`');
    expect(refusalOf(starting, 'r')).toMatchObject({
      code: 'unreachable',
      fix: expect.stringContaining('postgres.log'),
    });
    expect(refusalOf(raw('Raw query failed. Code: `42601`. Message: `syntax error`'), 'r').code).toBe(
      'internal',
    );
  });

  it('gives the HTTP status that belongs to the code', () => {
    expect(trpcErrorOf(new AppError('unreachable', 'h3 is silent.'), 'r').code).toBe('SERVICE_UNAVAILABLE');
    expect(trpcErrorOf(new AppError('denied', 'Sign in.', { evidence: { signIn: true } }), 'r').code).toBe(
      'UNAUTHORIZED',
    );
    expect(trpcErrorOf(new AppError('denied', 'Needs role admin.'), 'r').code).toBe('FORBIDDEN');
    // And outside of tRPC, as of a download.
    const denied = { code: 'denied', message: 'No.', requestId: 'r' } as const;
    expect(statusOf({ ...denied, evidence: { signIn: true } })).toBe(401);
    expect(statusOf(denied)).toBe(403);
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { refusalOf } from './refusal-of.ts';

const source = path.join(import.meta.dirname, '../../..');
const shared = path.join(source, '../../packages/shared/src');

interface Construction {
  where: string;
  text: string;
}

/** Every place that makes a refusal which browser or CLI may be shown. */
function catalogue(): Construction[] {
  return [path.join(source, 'src/server'), shared].flatMap((directory) =>
    readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !/\btest/.test(file))
      .flatMap((file) => constructionsIn(file, readFileSync(path.join(directory, file), 'utf8'))),
  );
}

function constructionsIn(file: string, text: string): Construction[] {
  return [...text.matchAll(/new AppError\(/g)].map(({ index, 0: opening }) => ({
    where: `${file}:${text.slice(0, index).split('\n').length}`,
    text: text.slice(index, endOfCall(text, index + opening.length)),
  }));
}

/** After the parenthesis that closes the call; strings and templates may hold others. */
function endOfCall(text: string, from: number): number {
  let depth = 1;
  let quote = '';
  const templates: number[] = [];
  for (let at = from; at < text.length; at++) {
    const sign = text[at] ?? '';
    if (quote) {
      if (sign === '\\') at += 1;
      else if (sign === quote) quote = '';
      else if (quote === '`' && text.startsWith('${', at)) {
        templates.push(depth);
        quote = '';
        depth += 1;
        at += 1;
      }
    } else if (/["'`]/.test(sign)) quote = sign;
    else if (/[([{]/.test(sign)) depth += 1;
    else if (/[)\]}]/.test(sign)) {
      depth -= 1;
      if (depth === 0) return at + 1;
      if (depth === templates.at(-1)) {
        templates.pop();
        quote = '`';
      }
    }
  }
  return text.length;
}

/** Passes on a refusal that was made elsewhere. */
const PASSES_ON = /^new AppError\(\s*(\w+\.)?code,\s*(\w+\.)?message,\s*(more|\{ \.\.\.)/;
const lacks = ({ text }: Construction) =>
  PASSES_ON.test(text)
    ? []
    : ['cause', 'fix'].filter((part) => !new RegExp(`\\b${part}\\b\\s*[:,]`).test(text));

describe('every refusal', () => {
  const all = catalogue();

  it('is found, and the look at it can fail', () => {
    expect(all.length).toBeGreaterThan(100);
    const said = '`no $' + "{f('(')} for you`";
    const [bad] = constructionsIn('x.ts', `throw new AppError('denied', ${said}, { field: 'a', fix: 'b' });`);
    expect(bad && lacks(bad)).toEqual(['cause']);
  });

  it.each(all.map((each) => [each.where, each] as const))('%s has a cause and a fix', (_, each) => {
    expect(lacks(each), each.text).toEqual([]);
  });
});

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

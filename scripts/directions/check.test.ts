import { describe, expect, test } from 'vitest';
import { checkDirections } from './check.ts';
import { importsOf } from './imports.ts';

const says = (path: string, text: string) =>
  checkDirections([{ path, text }]).map((violation) => violation.says);

describe('what must not pass', () => {
  test.each([
    [
      'packages/shared/src/a.ts',
      "import { x } from '@cellblock/native/kernel';",
      /shared must not import native/,
    ],
    [
      'packages/native/lib/a.ts',
      "import { x } from '@cellblock/shared/name';",
      /native must not import shared/,
    ],
    [
      'apps/agent/src/dialer/a.ts',
      "import { x } from '../warden/agent-key.ts';",
      /dialer must not import warden/,
    ],
    ['apps/web/src/ui/a.tsx', "import { Role } from '@cellblock/shared/role';", /ui must not import shared/],
    ['apps/web/src/app/a.tsx', "import { db } from '@/server/db';", /app must not import verbs/],
    ['apps/web/src/app/a.tsx', "import { appRouter } from '@/server/api/root';", /types only from api/],
    [
      'apps/web/src/server/jails/a.ts',
      "import { r } from '../api/routers/jails.ts';",
      /verbs must not import routers/,
    ],
    [
      'apps/web/src/server/hosts/a.ts',
      "import { r } from '@cellblock/agent/warden/api/router';",
      /types only/,
    ],
    [
      'apps/cli/src/a.ts',
      "const x = await import('@cellblock/agent/warden/ledger');",
      /types only from warden/,
    ],
    ['apps/cli/src/a.ts', "import './main.ts';", /nothing imports an entry/],
    ['apps/web/src/app/utils.ts', '', /name says nothing/],
    ['packages/shared/src/index.ts', '', /name says nothing/],
    ['apps/elsewhere/a.ts', '', /in no layer/],
    ['apps/web/src/server/api/routers/a.ts', 'const p = t.procedure;', /without a permission/],
    ['apps/web/src/server/api/routers/a.ts', '  list: procedure().query(f),', /declare its permission/],
  ])('%s: %s', (path, text, expected) => {
    expect(says(path, text)).toEqual([expect.stringMatching(expected)]);
  });
});

describe('what may pass', () => {
  test.each([
    ['apps/web/src/app/a.tsx', "import type { AppRouter } from '@/server/api/root';"],
    ['apps/web/src/app/a.tsx', "import { type AppRouter } from '@/server/api/root';"],
    [
      'apps/web/src/server/hosts/a.ts',
      "import type { AgentRouter } from '@cellblock/agent/warden/api/router';",
    ],
    ['apps/web/src/server/api/routers/a.ts', "import { assignIp } from '../../ip-assignments/assign-ip.ts';"],
    ['apps/agent/src/warden/a.ts', "import { linuxKernel } from '@cellblock/native/linux-kernel';"],
    ['apps/cli/src/a.ts', "const { up } = await import('@cellblock/agent/up/up');"],
    ['packages/shared/src/a.ts', "import * as z from 'zod';"],
  ])('%s: %s', (path, text) => {
    expect(says(path, text)).toEqual([]);
  });
});

test('imports are found however they are written', () => {
  const source = [
    "import a from 'a';",
    "import type { B } from 'b';",
    'import {',
    '  c,',
    '  type C,',
    "} from 'c';",
    "import 'd';",
    "export { e } from 'e';",
    "export * from 'f';",
    "const g = await import('g');",
    "type H = typeof import('h');",
    "// import { not } from 'comment' in the middle of a line",
  ].join('\n');
  expect(importsOf(source).map(({ specifier, typeOnly }) => [specifier, typeOnly])).toEqual([
    ['a', false],
    ['b', true],
    ['c', false],
    ['d', false],
    ['e', false],
    ['f', false],
    ['g', false],
    ['h', true],
  ]);
});

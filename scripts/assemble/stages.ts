import type { Stage } from './stage.ts';

/** Words that both sides use; every bundle depends on them. */
const LOCK = ['package.json', 'pnpm-lock.yaml', 'tsconfig.base.json'];

export const addon: Stage = {
  name: 'native addon',
  from: [
    ...LOCK,
    'packages/native/package.json',
    'packages/native/binding.gyp',
    'packages/native/cpp/kernel',
    'packages/native/cpp/binding',
  ],
  makes: ['packages/native/build/Release/cellblock.node'],
  commands: [{ cwd: 'packages/native', argv: ['sh', '-c', 'npm run --silent build'] }],
};

export const programs: Stage = {
  name: 'spawn and keeper',
  from: ['packages/native/cpp/spawn'],
  makes: ['packages/native/build/spawn', 'packages/native/build/keeper'],
  commands: [{ cwd: 'packages/native/cpp/spawn', argv: ['make', '-j2'] }],
};

export const prismaClient: Stage = {
  name: 'database client',
  from: [
    ...LOCK,
    'apps/web/prisma/schema',
    'apps/web/prisma.config.ts',
    'apps/web/prisma/schema-engine.ts',
  ],
  makes: ['apps/web/src/generated'],
  commands: [{ cwd: 'apps/web', argv: ['node_modules/.bin/prisma', 'generate'] }],
};

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const app = import.meta.dirname;
const textOf = (file: string) => readFileSync(path.join(app, file), 'utf8');

/** URLs of the pages, `[jail]` for whatever stands there; those that only lead elsewhere are none. */
const pages = readdirSync(app, { recursive: true, encoding: 'utf8' })
  .filter((file) => path.basename(file) === 'page.tsx' && !/\bredirect\(/.test(textOf(file)))
  .map((file) => path.join('/', path.dirname(file).replace(/\(\w+\)\/?/, '')));

/** Seen in use only: /account with a passkey, /invite with what is typed kept. */
const NOT_AMONG_THE_SCREENS = ['/account', '/invite'];

it('every page is among the screens that axe looks at', () => {
  expect(pages.length).toBeGreaterThan(20);
  const screens = [...textOf('../../../../e2e/screens.spec.ts').matchAll(/path: ['`]([^'`?]+)/g)].map(
    ([, screen = '']) => screen.replace(/\$\{\w+\}/g, 'x'),
  );
  const isSeen = (page: string) => {
    const pattern = new RegExp(`^${page.replace(/\[\w+\]/g, '[^/]+')}$`);
    return screens.some((screen) => pattern.test(screen));
  };
  // The tabs of a host stand there as one line for all of them.
  const missing = pages.map((page) => page.replace(/^\/hosts\/\[host\]\/\w+$/, '/hosts/[host]/x'));
  expect([...new Set(missing)].filter((page) => !isSeen(page)).sort()).toEqual(NOT_AMONG_THE_SCREENS);
});

it('every page of the console has its name in the breadcrumb', () => {
  const sections = [...textOf('shell/breadcrumb.tsx').matchAll(/^ {2}(\w+): \{ label: /gm)].map(
    ([, name]) => name,
  );
  const inConsole = readdirSync(path.join(app, '(console)'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  expect(sections.length).toBeGreaterThan(5);
  expect(inConsole.filter((name) => !sections.includes(name))).toEqual([]);
});

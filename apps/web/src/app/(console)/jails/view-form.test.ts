import { expect, it } from 'vitest';
import { isSameView, linesOf, viewLineError, viewOf } from './view-form.ts';

const typed = (text: string) => ({ kind: 'bind' as const, text });

it('a path may have a space in it, and none around it while it is typed', () => {
  // As it stands key by key: what is taken away at its end could never be followed by anything.
  for (const text of ['/srv/my ', ' /srv/my', '/srv/my']) {
    expect(viewLineError(typed(text)), text).toBeNull();
    expect(viewOf([typed(text)]), text).toMatchObject([{ source: '/srv/my', target: '/srv/my' }]);
  }
  expect(viewOf([typed('/srv/my files:/www ')])).toMatchObject([{ source: '/srv/my files', target: '/www' }]);
});

it('a line of spaces is none', () => {
  expect(viewLineError(typed('  '))).toBeNull();
  expect(viewOf([typed('  ')])).toEqual([]);
});

it('what a line cannot say is kept until it is typed anew', () => {
  const view = viewOf([typed('/srv/x:/www')]).map((mount) => ({ ...mount, target: '/w w ' }) as typeof mount);
  expect(isSameView(viewOf(linesOf(view)), view)).toBe(true);
});

import { JailSettings } from '@cellblock/shared/jail-spec';
import { describe, expect, it } from 'vitest';
import type { ViewLine } from '../../view-form.ts';
import { type ConfigForm, filledFrom, isTyped, refilled, settingsOf } from './config-form.ts';

const now = JailSettings.parse({
  hostname: 'web-1',
  root: { kind: 'host-usr', ephemeral: false },
  view: [
    { kind: 'bind', source: '/srv/a:b', target: '/a' },
    { kind: 'tmpfs', target: '/scratch', size: 65_536 },
  ],
});
const filled = filledFrom(now);
const { form } = filled;
const [withColon, tmpfs] = form.view as [ViewLine, ViewLine];

/** The same form with something typed in it, sent while the jail's settings are `is`. */
const typing = (part: Partial<ConfigForm>, is: JailSettings = now) =>
  settingsOf({ ...filled, form: { ...form, ...part } }, { name: 'web-1', settings: is });

it('asks for nothing while nothing is typed, also where a mount has no line of its own', () => {
  expect(typing({})).toEqual({});
  expect(typing({ view: [withColon, { kind: 'tmpfs', text: tmpfs.text }] })).toEqual({});
});

it('asks for the whole view when one mount of it is another', () => {
  const view = [withColon, { kind: 'tmpfs' as const, text: '/scratch:1M' }];
  expect(typing({ view })).toEqual({ view: [now.view[0], { ...now.view[1], size: 1_048_576 }] });
  expect(typing({ view: form.view.slice(1) })).toEqual({ view: [now.view[1]] });
  expect(typing({ view: [] })).toEqual({ view: [] });
});

it('says what is wrong with a line before the server is asked', () => {
  const view = [...form.view, { kind: 'bind' as const, text: '/srv/www:/www:fast' }];
  expect(typing({ view })).toMatchObject({
    field: 'view',
    error: expect.stringContaining('none of its options'),
  });
});

describe('what another person changed since the form was filled', () => {
  const theirs = JailSettings.parse({
    ...now,
    restart: 'always',
    boot: !now.boot,
    view: now.view.slice(1),
    limits: { ...now.limits, cpus: 2, ioWeight: 50 },
  });
  const memory = 268_435_456;

  it('is not asked back by a form in which something else was typed', () => {
    expect(typing({}, theirs)).toEqual({});
    expect(typing({ memory: '256M' }, theirs)).toEqual({ limits: { ...theirs.limits, memory } });
  });

  it('needs not be asked for when it is what was typed here too', () => {
    expect(typing({ cpus: '2', restart: 'always', view: form.view.slice(1) }, theirs)).toEqual({});
  });

  it('keeps a view from being sent that was typed over another one', () => {
    expect(typing({ memory: '256M', view: form.view.slice(0, 1) }, theirs)).toEqual({
      field: 'meanwhile',
      error: 'The view of web-1 was changed meanwhile. Reset to see it as it is now.',
    });
  });

  it('is shown where nobody typed, and nowhere else', () => {
    const before = { ...filled, form: { ...form, cpus: '3' } };
    const after = refilled(before, theirs);
    expect(after).toMatchObject({
      form: { ...filledFrom(theirs).form, cpus: '3' },
      base: { ...filledFrom(theirs).form, cpus: '' },
    });
    expect(settingsOf(after, { name: 'web-1', settings: theirs })).toEqual({
      limits: { ...theirs.limits, cpus: 3 },
    });
    expect([filled, before, after, filledFrom(theirs)].map(isTyped)).toEqual([false, true, true, false]);
  });
});

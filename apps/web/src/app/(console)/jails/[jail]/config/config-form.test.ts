import { JailSettings } from '@cellblock/shared/jail-spec';
import { expect, it } from 'vitest';
import type { ViewLine } from '../../view-form.ts';
import { formOf, settingsOf } from './config-form.ts';

const now = JailSettings.parse({
  hostname: 'web-1',
  root: { kind: 'host-usr', ephemeral: false },
  view: [
    { kind: 'bind', source: '/srv/a:b', target: '/a' },
    { kind: 'tmpfs', target: '/scratch', size: 65_536 },
  ],
});
const form = formOf(now);
const [withColon, tmpfs] = form.view as [ViewLine, ViewLine];

it('asks for nothing while nothing is typed, also where a mount has no line of its own', () => {
  expect(settingsOf(form, now)).toEqual({});
  expect(settingsOf({ ...form, view: [withColon, { kind: 'tmpfs', text: tmpfs.text }] }, now)).toEqual({});
});

it('asks for the whole view when one mount of it is another', () => {
  const view = [withColon, { kind: 'tmpfs' as const, text: '/scratch:1M' }];
  expect(settingsOf({ ...form, view }, now)).toEqual({
    view: [now.view[0], { ...now.view[1], size: 1_048_576 }],
  });
  expect(settingsOf({ ...form, view: form.view.slice(1) }, now)).toEqual({ view: [now.view[1]] });
  expect(settingsOf({ ...form, view: [] }, now)).toEqual({ view: [] });
});

it('says what is wrong with a line before the server is asked', () => {
  const view = [...form.view, { kind: 'bind' as const, text: '/srv/www:/www:fast' }];
  expect(settingsOf({ ...form, view }, now)).toMatchObject({
    field: 'view',
    error: expect.stringContaining('none of its options'),
  });
});

import { expect, test } from 'vitest';
import { ConfigureJailInput, SomeJailSettings } from './jail-input.ts';
import { JailSettings } from './jail-spec.ts';

test('a configuration changes what it names and nothing else', () => {
  const { settings } = ConfigureJailInput.parse({ jail: 'web1', settings: { readOnly: true } });
  expect(settings).toEqual({ readOnly: true });
});

test('every setting can be named', () => {
  expect(Object.keys(SomeJailSettings.shape).sort()).toEqual(Object.keys(JailSettings.shape).sort());
});

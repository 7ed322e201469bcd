import type { JailSettings } from '@cellblock/shared/jail-spec';

/** Settings as the history keeps them: the values of environment variables are secrets often enough. */
export function settingsForHistory(settings: JailSettings): unknown {
  const environment = Object.fromEntries(
    Object.keys(settings.environment).map((name) => [name, '(not recorded)']),
  );
  return { ...settings, environment };
}

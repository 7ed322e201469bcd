import { type Role, roleCan } from '@cellblock/shared/role';
import type { JailView } from '@cellblock/shared/views/jail-view';

/** The values of environment variables are secrets often enough: they are for those who could set them. */
export function settingsForReader(jail: JailView, role: Role | null): JailView {
  if (role === null || roleCan(role, 'operate')) return jail;
  const environment = Object.fromEntries(
    Object.keys(jail.settings.environment).map((name) => [name, '(hidden)']),
  );
  return { ...jail, settings: { ...jail.settings, environment } };
}

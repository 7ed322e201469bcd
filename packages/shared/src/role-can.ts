import type { Permission, Role } from './role.ts';

// Beside its schema and not in it: the browser asks this on every screen and carries no schema library for it.
const ALLOWED: Record<Role, readonly Permission[]> = {
  viewer: ['read'],
  operator: ['read', 'operate'],
  auditor: ['read', 'audit'],
  admin: ['read', 'audit', 'operate', 'administer'],
};

export function roleCan(role: Role, permission: Permission): boolean {
  return ALLOWED[role].includes(permission);
}

/** Who may do it, for `Needs role …` messages. */
export function rolesThatCan(permission: Permission): Role[] {
  return (Object.keys(ALLOWED) as Role[]).filter((role) => roleCan(role, permission));
}

import * as z from 'zod';

export const Role = z.enum(['viewer', 'operator', 'auditor', 'admin']);
export type Role = z.infer<typeof Role>;

/** What a procedure needs. `read` sees the fleet, `audit` the history with its details, `operate` changes
 *  jails and addresses, `administer` changes hosts, networks, people and forces. */
export const Permission = z.enum(['read', 'audit', 'operate', 'administer']);
export type Permission = z.infer<typeof Permission>;

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
  return Role.options.filter((role) => roleCan(role, permission));
}

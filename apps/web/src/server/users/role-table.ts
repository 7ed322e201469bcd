import { Permission, Role, roleCan } from '@cellblock/shared/role';

export interface RoleTable {
  roles: Role[];
  /** one row for each permission that a procedure can declare */
  permissions: {
    permission: Permission;
    roles: Role[];
    /** what asks for it: `jails.create`; `changes`: it can change something */
    procedures: { path: string; changes: boolean }[];
  }[];
}

type Procedures = Record<string, { _def: { type: string; meta?: { permission: string } } }>;

/** What each role may do, read from the declarations that the procedures themselves are checked by. */
export async function roleTable(): Promise<RoleTable> {
  // Asked for when it is needed: the router imports this file.
  const { appRouter } = await import('../api/root.ts');
  const procedures = Object.entries(appRouter._def.procedures as unknown as Procedures);
  return {
    roles: [...Role.options],
    permissions: Permission.options.map((permission) => ({
      permission,
      roles: Role.options.filter((role) => roleCan(role, permission)),
      procedures: procedures
        .filter(([, { _def }]) => _def.meta?.permission === permission)
        .map(([path, { _def }]) => ({ path, changes: _def.type === 'mutation' })),
    })),
  };
}

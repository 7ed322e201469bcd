import * as z from 'zod';

export const Role = z.enum(['viewer', 'operator', 'auditor', 'admin']);
export type Role = z.infer<typeof Role>;

/** What a procedure needs. `read` sees the fleet, `audit` the history with its details, `operate` changes
 *  jails and addresses, `administer` changes hosts, networks, people and forces. */
export const Permission = z.enum(['read', 'audit', 'operate', 'administer']);
export type Permission = z.infer<typeof Permission>;

export { roleCan, rolesThatCan } from './role-can.ts';

import type { Permission, Role } from '@cellblock/shared/role';

/** What a role is for, in one sentence. */
export const roleText: Record<Role, string> = {
  viewer: 'Sees the fleet and what was done to it.',
  operator: 'Works with jails and addresses.',
  auditor: 'Reads everything, the history’s details too, and changes nothing.',
  admin: 'May do everything, on hosts, networks and people too.',
};

/** What a permission lets one do; which procedures ask for it comes from the server. */
export const permissionText: Record<Permission, string> = {
  read: 'See hosts, jails, networks, addresses, tasks and the history',
  audit: 'See the history’s details: command lines, reasons, from where; export it',
  operate: 'Change jails and addresses, run commands in jails, cancel tasks',
  administer: 'Change hosts, networks, pools, people and tokens; force what is unconfirmed',
};

'use client';
import type { Role } from '@cellblock/shared/role';
import { SelectField } from '@/ui/select-field';
import { roleText } from '../../role-text';

const roles = Object.keys(roleText) as Role[];

export function RoleField({ value, onChange }: { value: Role; onChange: (role: Role) => void }) {
  return (
    <SelectField
      label="Role"
      value={value}
      onChange={(event) => onChange(event.currentTarget.value as Role)}
      options={roles.map((role) => ({ value: role, label: role }))}
      hint={roleText[value]}
    />
  );
}

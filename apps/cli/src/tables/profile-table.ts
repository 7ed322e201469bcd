import type { Profile } from '@cellblock/shared/profile';
import { profileRows } from '@cellblock/shared/profile-rows';
import { PROFILES } from '@cellblock/shared/profile-rules';
import { keyValues, type Printable } from '../output/print.ts';

const yes = (is: boolean) => (is ? 'yes' : 'no');

export function profileTable(): Printable {
  const names = Object.keys(PROFILES) as Profile[];
  return {
    data: names.map((name) => ({ name, ...PROFILES[name] })),
    headings: ['NAME', 'SUID', 'CHROOT', '/PROC', 'MOUNT', 'ROOT', 'CAPABILITIES', 'FOR'],
    rows: names.map((name) => {
      const rules = PROFILES[name];
      return [
        name,
        yes(!rules.noNewPrivileges),
        yes(rules.chroot),
        rules.proc,
        yes(rules.mounts),
        rules.readOnlyRoot ? 'ro if named' : 'rw',
        String(rules.capabilities.length),
        rules.says,
      ];
    }),
    names,
  };
}

export function profileDetail(name: Profile): Printable {
  const rules = PROFILES[name];
  return keyValues(
    { name, ...rules },
    [name],
    [
      ['name', name],
      ['for', rules.says],
      ...profileRows(name).filter(([question]) => question !== 'capabilities'),
      ...rules.capabilities.map((each, index): [string, string] => [index === 0 ? 'capabilities' : '', each]),
    ],
  );
}

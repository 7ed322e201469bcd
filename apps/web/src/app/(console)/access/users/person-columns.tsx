import type { Column } from '@/ui/data-table';
import { Moment } from '@/ui/moment';
import { StatusBadge } from '@/ui/status-badge';
import type { Person } from './use-people';

/** "codes, 2 passkeys"; a password alone is said to be so. */
export function factorsOf({ twoFactor, passkeys, invited }: Person): string | null {
  if (invited) return null;
  const keys = passkeys === 0 ? null : passkeys === 1 ? '1 passkey' : `${passkeys} passkeys`;
  return [twoFactor && 'one-time codes', keys].filter(Boolean).join(', ') || null;
}

export const personColumns = (me: string | undefined): readonly Column<Person>[] => [
  {
    key: 'name',
    header: 'Name',
    width: 'w-[22%] max-sm:w-[56%]',
    cell: (person) => (
      <>
        <span className="font-medium text-strong">{person.name}</span>
        {person.name === me && <span className="text-faint"> you</span>}
        {person.invited && <span className="text-faint"> invited</span>}
        <span className="block truncate leading-[18px] text-muted sm:hidden">{person.role}</span>
      </>
    ),
  },
  { key: 'role', header: 'Role', width: 'w-[12%]', from: 'sm', cell: ({ role }) => role },
  {
    key: 'factors',
    header: 'Second factor',
    width: 'w-[22%] max-sm:w-[44%]',
    cell: (person) => {
      if (person.invited) return <span className="text-muted">—</span>;
      const factors = factorsOf(person);
      return factors ? (
        <StatusBadge tone="ok">{factors}</StatusBadge>
      ) : (
        <StatusBadge tone="warn">none</StatusBadge>
      );
    },
  },
  {
    key: 'sessions',
    header: 'Sessions',
    width: 'w-[10%]',
    align: 'right',
    from: 'md',
    cell: ({ sessions, invited }) => (invited ? '—' : sessions.length),
  },
  {
    key: 'tokens',
    header: 'Tokens',
    width: 'w-[10%]',
    align: 'right',
    from: 'md',
    cell: ({ tokens, invited }) => (invited ? '—' : tokens),
  },
  {
    key: 'signIn',
    header: 'Last sign-in',
    align: 'right',
    from: 'sm',
    cell: ({ lastSignInAt, invited }) => {
      if (invited)
        return (
          <span className="text-muted">
            link ends <Moment at={invited.expiresAt} />
          </span>
        );
      return lastSignInAt ? (
        <Moment at={lastSignInAt} className="text-muted" />
      ) : (
        <span className="text-muted">never</span>
      );
    },
  },
];

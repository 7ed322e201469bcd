'use client';
import { useQuery } from '@tanstack/react-query';
import { Check, Minus } from 'lucide-react';
import { useTRPC } from '@/trpc/client';
import { Loaded } from '../../../loaded';
import { permissionText, roleText } from '../../../role-text';
import { AccessHeader } from '../access-header';
import { actsByNoun } from './acts-by-noun';

/** What each role may do, from what the procedures themselves declare and are checked by. */
export function RolesPage() {
  const trpc = useTRPC();
  const table = useQuery(trpc.users.roles.queryOptions());
  const me = useQuery(trpc.session.me.queryOptions());
  const own = me.data?.user?.role;
  return (
    <>
      <AccessHeader meta={own && <span>You are {own}</span>} />
      <Loaded query={table} rows={6}>
        {({ roles, permissions }) => (
          <>
            <dl className="mb-4 grid gap-x-6 gap-y-1.5 sm:grid-cols-[max-content_minmax(0,1fr)]">
              {roles.map((role) => (
                <div key={role} className="contents">
                  <dt className="font-medium text-strong">
                    {role}
                    {role === own && <span className="font-normal text-faint"> you</span>}
                  </dt>
                  <dd className="text-muted max-sm:mb-1.5">{roleText[role]}</dd>
                </div>
              ))}
            </dl>
            <table aria-label="What each role may do" className="w-full table-fixed border-collapse">
              <thead>
                <tr className="border-b border-line-default text-left text-small text-muted">
                  <th scope="col" className="h-[30px] px-2 font-medium">
                    May
                  </th>
                  {roles.map((role) => (
                    <th
                      key={role}
                      scope="col"
                      className="w-[84px] px-2 text-center font-medium max-sm:w-[46px] max-sm:px-0 max-sm:text-micro"
                    >
                      {role}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {permissions.map(({ permission, roles: able, procedures }) => (
                  <tr key={permission} className="border-b border-line-subtle align-top">
                    <th scope="row" className="px-2 py-2.5 text-left font-normal">
                      <span className="text-strong">{permissionText[permission]}</span>
                      <details className="mt-0.5 text-small text-muted">
                        <summary className="min-h-6 cursor-pointer py-0.5 hover:text-strong">
                          {procedures.length === 1
                            ? '1 procedure asks'
                            : `${procedures.length} procedures ask`}{' '}
                          for “{permission}”
                        </summary>
                        <ul className="py-1">
                          {actsByNoun(procedures).map(([noun, verbs]) => (
                            <li key={noun} className="py-0.5">
                              <span className="mono text-default">{noun}</span>: {verbs.join(', ')}
                            </li>
                          ))}
                        </ul>
                      </details>
                    </th>
                    {roles.map((role) => {
                      const may = able.includes(role);
                      return (
                        <td key={role} className="px-2 py-2.5 text-center max-sm:px-0">
                          {may ? (
                            <Check className="mx-auto size-4 text-ok-mark" aria-hidden />
                          ) : (
                            <Minus className="mx-auto size-4 text-faint" aria-hidden />
                          )}
                          <span className="sr-only">{may ? 'yes' : 'no'}</span>
                        </td>
                      );
                    })}
                  </tr>
                ))}
              </tbody>
            </table>
          </>
        )}
      </Loaded>
    </>
  );
}

'use client';
import { useQuery } from '@tanstack/react-query';
import { parseAsString, useQueryState } from 'nuqs';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client';
import { cx } from '@/ui/cx';
import { DataTable } from '@/ui/data-table';
import { Loaded } from '../../../loaded';
import { useMayNot } from '../../../may';
import { useAsking } from '../../../use-asking';
import { AccessPage } from '../access-page';
import { InviteDialog } from './invite-dialog';
import { personColumns } from './person-columns';
import { PersonPanel } from './person-panel';
import { type Person, usePeople } from './use-people';

const BESIDE = ['sessions', 'tokens', 'signIn'];

/** Who may come in, as what, by which factors, and when they last did. */
export function PeoplePage() {
  const trpc = useTRPC();
  const me = useQuery(trpc.session.me.queryOptions());
  const denied = useMayNot('administer');
  const people = usePeople(me.data !== undefined && denied === null);
  const [sel, setSel] = useQueryState('sel', parseAsString);
  const [asking, setAsking] = useAsking(['invite']);
  const columns = personColumns(me.data?.user?.name);
  const [held, setHeld] = useState<Person | null>(null);
  const chosen = people.data?.find(({ name }) => name === sel) ?? (held?.name === sel ? held : null);
  const invited = people.data?.filter((each) => each.invited).length ?? 0;
  return (
    <AccessPage
      meta={
        people.data && (
          <>
            <span>
              {people.data.length - invited} {people.data.length - invited === 1 ? 'person' : 'people'}
            </span>
            {invited > 0 && <span>{invited} invited</span>}
          </>
        )
      }
      add={{ label: 'Invite person', onPress: () => setAsking('invite') }}
    >
      <Loaded query={people} rows={4}>
        {(rows) => (
          <div
            className={cx('grid items-start gap-4', chosen && 'lg:grid-cols-[minmax(0,1fr)_minmax(0,440px)]')}
          >
            {chosen && (
              <div className="min-w-0 lg:order-2">
                <PersonPanel
                  key={chosen.name}
                  person={chosen}
                  all={rows}
                  me={me.data?.user?.name}
                  onHold={setHeld}
                  onClose={() => void setSel(null)}
                />
              </div>
            )}
            <div className="min-w-0">
              <DataTable
                label="People"
                columns={chosen ? columns.filter(({ key }) => !BESIDE.includes(key)) : columns}
                rows={rows}
                rowKey={(person) => person.name}
                selectedKey={chosen?.name ?? null}
                onOpen={(person) => void setSel(person.name)}
              />
            </div>
          </div>
        )}
      </Loaded>
      {asking === 'invite' && <InviteDialog onClose={() => setAsking(null)} />}
    </AccessPage>
  );
}

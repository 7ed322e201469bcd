'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { CheckCheck } from 'lucide-react';
import { parseAsBoolean, parseAsStringLiteral, useQueryStates } from 'nuqs';
import { Link } from '@/app/link';
import { useRouter } from '@/app/use-router';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { Button } from '@/ui/button';
import { Checkbox } from '@/ui/checkbox';
import { DataTable } from '@/ui/data-table';
import { EmptyState } from '@/ui/empty-state';
import { Kbd } from '@/ui/kbd';
import { PageHeader } from '@/ui/page-header';
import { TabBar } from '@/ui/tab-bar';
import { Loaded } from '../../loaded';
import { noticePath } from '../../notice-path';
import { RefusalPanel } from '../../refusal-panel';
import { noticeColumns } from './notice-columns';
import { byObject } from './notice-rows';
import { type Notice, useNotices } from './use-notices';

const TABS = ['alerts', 'mine', 'all'] as const;
const labels = { alerts: 'Alerts', mine: 'Mine', all: 'All' } as const;
const empty = {
  alerts: 'Nothing needs attention.',
  mine: 'None of your tasks ended in the last seven days.',
  all: 'Nothing needs attention, and none of your tasks ended in the last seven days.',
} as const;

/** What needs one, what ended, and what cleared by itself. */
export function NotificationsPage() {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const notices = useNotices();
  const [{ tab, done }, setQuery] = useQueryStates({
    tab: parseAsStringLiteral(TABS).withDefault('alerts'),
    done: parseAsBoolean.withDefault(false),
  });
  const mark = useMutation(
    trpc.notices.done.mutationOptions({
      onSuccess: () => void queryClient.invalidateQueries(trpc.notices.pathFilter()),
    }),
  );
  const toggle = (notice: Notice) => mark.mutate({ subjects: [notice.subject], done: !notice.done });
  return (
    <>
      <PageHeader
        title="Notifications"
        actions={
          <span className="hidden items-center gap-1.5 text-small text-muted md:inline-flex">
            <Kbd>J</Kbd> <Kbd>K</Kbd> walk <Kbd>E</Kbd> done <Kbd>⏎</Kbd> open
          </span>
        }
      />
      <TabBar
        label="Which notifications"
        tabs={TABS.map((each) => ({
          label: labels[each],
          active: tab === each,
          count: notices.data
            ? each === 'all'
              ? notices.data.counts.alerts + notices.data.counts.mine
              : notices.data.counts[each]
            : undefined,
          link: <Link href={paths.notifications(each === 'alerts' ? undefined : each)} />,
        }))}
      />
      {mark.error && <RefusalPanel error={mark.error} className="mb-3" />}
      <Loaded query={notices} rows={6}>
        {({ alerts, mine }) => {
          const all = tab === 'alerts' ? alerts : tab === 'mine' ? mine : [...alerts, ...mine];
          const shown = done ? all : all.filter((each) => !each.done);
          const aside = all.length - all.filter((each) => !each.done).length;
          const left = shown.filter((each) => !each.done);
          return (
            <>
              <div className="mb-1 flex flex-wrap items-center gap-3">
                <Checkbox checked={done} onChange={(next) => void setQuery({ done: next || null })}>
                  Show what is done{aside > 0 && ` (${aside})`}
                </Checkbox>
                {left.length > 0 && (
                  <Button
                    look="quiet"
                    className="ml-auto"
                    icon={<CheckCheck aria-hidden />}
                    pending={mark.isPending}
                    onClick={() => mark.mutate({ subjects: left.map(({ subject }) => subject), done: true })}
                  >
                    Mark all {left.length} done
                  </Button>
                )}
              </div>
              <DataTable
                label={labels[tab]}
                columns={noticeColumns(toggle)}
                rows={byObject(shown)}
                rowKey={(notice) => notice.subject}
                onOpen={(notice) => {
                  const href = noticePath(notice);
                  if (href) router.push(href);
                }}
                onKey={(key, notice) => {
                  if (key === 'e') toggle(notice);
                }}
                empty={
                  <EmptyState
                    action={
                      aside > 0 && !done ? (
                        <Button onClick={() => void setQuery({ done: true })}>Show the {aside} done</Button>
                      ) : undefined
                    }
                  >
                    {aside > 0 && !done ? 'Everything here is done.' : empty[tab]}
                  </EmptyState>
                }
              />
            </>
          );
        }}
      </Loaded>
    </>
  );
}

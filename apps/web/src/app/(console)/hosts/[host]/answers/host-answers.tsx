'use client';
import { FOUNDING_MAILS } from '@cellblock/shared/answers/founding-mail';
import type { AnswersView } from '@cellblock/shared/views/answers-view';
import { useQuery } from '@tanstack/react-query';
import { parseAsStringLiteral, useQueryState } from 'nuqs';
import { useTRPC } from '@/trpc/client';
import { Segmented } from '@/ui/segmented';
import { Loaded } from '../../../../loaded';
import { useHost } from '../use-host';
import { asksAgainAfterMs, rowsOfMail, SHOWN } from './answer-state';
import { AnswersHead } from './answers-head';
import { MailPanel } from './mail-panel';

export function HostAnswers() {
  return (
    <Loaded query={useHost()}>{(host) => <OfHost host={host.id} silent={host.state === 'unknown'} />}</Loaded>
  );
}

function OfHost({ host, silent }: { host: string; silent: boolean }) {
  const trpc = useTRPC();
  const query = useQuery({
    ...trpc.answers.show.queryOptions({ host }),
    refetchInterval: ({ state }) => asksAgainAfterMs(state.data),
  });
  return <Loaded query={query}>{(view) => <Answers view={view} silent={silent} />}</Loaded>;
}

function Answers({ view, silent }: { view: AnswersView; silent: boolean }) {
  const [shown, setShown] = useQueryState('show', parseAsStringLiteral(SHOWN).withDefault('all'));
  const mails = FOUNDING_MAILS.map((mail) => ({ mail, rows: rowsOfMail(mail.letter, view, shown) }));
  const any = mails.some(({ rows }) => rows.length > 0);
  return (
    <div className="flex max-w-5xl flex-col gap-4">
      <AnswersHead view={view} silent={silent} />
      <Segmented
        label="Which rows"
        value={shown}
        onChange={(value) => void setShown(value)}
        options={[
          { value: 'all', label: 'All' },
          { value: 'fail', label: 'Failed' },
          { value: 'skip', label: 'Skipped' },
        ]}
      />
      {!any && (
        <p className="px-2 text-muted">No row {shown === 'fail' ? 'failed' : 'was skipped'} in this run.</p>
      )}
      {mails.map(
        ({ mail, rows }) =>
          rows.length > 0 && <MailPanel key={mail.letter} mail={mail} rows={rows} host={view.host.name} />,
      )}
    </div>
  );
}

'use client';
import type { FoundingMail } from '@cellblock/shared/answers/founding-mail';
import { Clock } from 'lucide-react';
import { Link } from '@/app/link';
import { paths } from '@/paths';
import { Panel } from '@/ui/panel';
import { StatusBadge, type Tone } from '@/ui/status-badge';
import type { RowState, ShownRow } from './answer-state';

const LOOKS: Record<RowState, { tone: Tone; word: string }> = {
  pass: { tone: 'ok', word: 'Pass' },
  fail: { tone: 'bad', word: 'Fail' },
  skip: { tone: 'warn', word: 'Skip' },
  testing: { tone: 'info', word: 'Testing' },
  waiting: { tone: 'idle', word: 'Waiting' },
  'not-asked': { tone: 'unknown', word: 'Not asked' },
};

/** One mail: each sentence as it was written, what must hold, and what probe and control found. */
export function MailPanel({
  mail,
  rows,
  host,
}: {
  mail: FoundingMail;
  rows: readonly ShownRow[];
  host: string;
}) {
  return (
    <Panel title={`${mail.author}, ${mail.date}`} meta={mail.subject}>
      <ul>
        {rows.map((shown) => (
          <Sentence key={shown.row.id} shown={shown} host={host} />
        ))}
      </ul>
    </Panel>
  );
}

function Sentence({ shown: { row, state, answer }, host }: { shown: ShownRow; host: string }) {
  const look = LOOKS[state];
  return (
    <li
      id={row.id}
      className="flex scroll-mt-4 flex-col gap-1 border-b border-line-subtle px-3 py-2.5 last:border-b-0 target:bg-info-tint"
    >
      <div className="flex flex-wrap items-center gap-x-3">
        <Link
          href={`${paths.host(host, 'answers')}#${row.id}`}
          className="mono w-9 shrink-0 font-semibold text-strong hover:underline"
        >
          {row.id}
        </Link>
        <span className="shrink-0 sm:w-[5.5rem]">
          <StatusBadge tone={look.tone} {...(state === 'waiting' && { icon: Clock })}>
            {look.word}
          </StatusBadge>
        </span>
        <span className="min-w-0 flex-1 basis-64 text-strong">{row.says}</span>
      </div>
      <div className="flex flex-col gap-1 sm:pl-12">
        {row.implied ? (
          <p className="text-muted">{row.sentence}</p>
        ) : (
          <blockquote className="border-l-2 border-line-default pl-2 text-muted italic break-words">
            {row.sentence}
          </blockquote>
        )}
        {answer?.reason && <p className={state === 'fail' ? 'text-bad-text' : undefined}>{answer.reason}</p>}
        {(answer?.probe || answer?.control) && (
          <dl className="grid gap-x-4 gap-y-1 text-small sm:grid-cols-2">
            <Found title="In the jail" text={answer.probe?.evidence} good={answer.probe?.asExpected} />
            <Found title="Control" text={answer.control?.evidence} good={answer.control?.asExpected} />
          </dl>
        )}
      </div>
    </li>
  );
}

function Found({
  title,
  text,
  good,
}: {
  title: string;
  text: string | undefined;
  good: boolean | undefined;
}) {
  if (text === undefined) return null;
  return (
    <div className="min-w-0">
      <dt className="text-muted">
        {title}
        {good === false && <span className="text-bad-text">: not as it must be</span>}
      </dt>
      <dd className="break-words text-default">{text}</dd>
    </div>
  );
}

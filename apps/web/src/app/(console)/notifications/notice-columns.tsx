import { Link } from '@/app/link';
import { Button } from '@/ui/button';
import type { Column } from '@/ui/data-table';
import { Moment } from '@/ui/moment';
import { StatusBadge, type Tone } from '@/ui/status-badge';
import { noticePath } from '../../notice-path';
import { objectPath } from '../../object-path';
import { taskTitle } from '../../task-title';
import { WhatToDo } from '../../what-to-do';
import type { Notice } from './use-notices';

type NoticeRow = Notice & { first: boolean };

const words: Record<Notice['severity'], { tone: Tone; word: string }> = {
  bad: { tone: 'bad', word: 'Failed' },
  warn: { tone: 'warn', word: 'Warning' },
  unknown: { tone: 'unknown', word: 'Unknown' },
  ok: { tone: 'ok', word: 'Applied' },
  info: { tone: 'idle', word: 'Ended' },
};

function Severity({ notice }: { notice: Notice }) {
  if (notice.clearedAt !== null) return <StatusBadge tone="ok">Cleared</StatusBadge>;
  const { tone, word } = words[notice.severity];
  return <StatusBadge tone={tone}>{word}</StatusBadge>;
}

export const noticeColumns = (onDone: (notice: Notice) => void): readonly Column<NoticeRow>[] => [
  {
    key: 'object',
    header: 'About',
    width: 'w-[150px]',
    from: 'md',
    cell: ({ object, first }) => {
      const href = objectPath(object);
      if (!first) return null;
      return (
        <span className="font-medium text-strong">
          {href ? (
            <Link href={href} className="hover:underline">
              {object.name}
            </Link>
          ) : (
            object.name
          )}
        </span>
      );
    },
  },
  {
    key: 'severity',
    header: 'State',
    width: 'w-[104px]',
    from: 'sm',
    cell: (notice) => <Severity notice={notice} />,
  },
  {
    key: 'text',
    header: 'What',
    wraps: 'always',
    cell: (notice) => {
      const href = noticePath(notice);
      const title = notice.task ? taskTitle(notice.task) : capital(notice.text);
      return (
        <div className={notice.done || notice.clearedAt ? 'text-muted' : undefined}>
          <span className="flex gap-2 sm:hidden">
            <Severity notice={notice} /> <Moment at={notice.at} className="text-muted" />
          </span>
          {href ? (
            <Link
              href={href}
              className={notice.done || notice.clearedAt ? 'hover:underline' : 'text-strong hover:underline'}
            >
              {title}
            </Link>
          ) : (
            title
          )}
          {notice.times > 1 && <span className="text-muted">, {notice.times} times</span>}
          {notice.task && <span className="mono text-muted"> {notice.task.id}</span>}
          {notice.task && notice.text && <p className="text-muted">{notice.text}</p>}
          {notice.fix && notice.clearedAt === null && <WhatToDo fix={notice.fix} />}
          {notice.clearedAt && (
            <p>
              Cleared <Moment at={notice.clearedAt} />
            </p>
          )}
          <details className="text-small text-muted">
            <summary className="min-h-6 w-fit cursor-pointer py-1 hover:text-strong">
              Why am I getting this?
            </summary>
            {notice.why}
          </details>
        </div>
      );
    },
  },
  {
    key: 'at',
    header: 'Since',
    width: 'w-[112px]',
    align: 'right',
    from: 'sm',
    cell: ({ at }) => <Moment at={at} className="text-muted" />,
  },
  {
    key: 'done',
    header: <span className="sr-only">Put aside</span>,
    width: 'w-[92px] max-sm:w-[72px]',
    align: 'right',
    cell: (notice) => (
      <Button
        look={notice.done ? 'quiet' : 'default'}
        onClick={() => onDone(notice)}
        aria-label={`${notice.done ? 'Take back' : 'Done'}: ${notice.task ? taskTitle(notice.task) : notice.text}`}
      >
        {notice.done ? 'Undo' : 'Done'}
      </Button>
    ),
  },
];

/** A sentence begins with a capital; the name of a step stays as it is. */
const capital = (text: string) =>
  /^[a-z]+\./.test(text) ? text : `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`;

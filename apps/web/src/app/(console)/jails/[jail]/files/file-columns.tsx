import type { FileEntry } from '@cellblock/shared/jail-files';
import { File, FileQuestion, Folder, Link2, Plug } from 'lucide-react';
import { Link } from '@/app/link';
import { paths } from '@/paths';
import { type Column, NameCell } from '@/ui/data-table';
import { Moment } from '@/ui/moment';
import { bytesText } from '@/ui/number-text';

const ICONS = {
  directory: Folder,
  file: File,
  link: Link2,
  device: Plug,
  pipe: Plug,
  socket: Plug,
  unknown: FileQuestion,
};

/** Names are a jail's own words: shown as text, in one direction. */
export function fileColumns(jail: string, onRead: (entry: FileEntry) => void): Column<FileEntry>[] {
  return [
    {
      key: 'name',
      header: 'Name',
      wraps: 'narrow',
      cell: (entry) => {
        const Icon = ICONS[entry.kind];
        const name = (
          <bdi dir="ltr" className="mono">
            {entry.name}
          </bdi>
        );
        return (
          <NameCell second={`${entry.mode} ${entry.uid}:${entry.gid}`}>
            <span className="inline-flex max-w-full items-center gap-1.5">
              <Icon className="size-3.5 shrink-0 text-muted" aria-label={entry.kind} />
              {entry.path !== null && entry.kind === 'directory' ? (
                <Link href={paths.jailFiles(jail, entry.path)} className="truncate hover:underline">
                  {name}
                </Link>
              ) : entry.path !== null && entry.kind === 'file' ? (
                <button
                  type="button"
                  className="min-h-6 truncate hover:underline"
                  onClick={() => onRead(entry)}
                >
                  {name}
                </button>
              ) : (
                name
              )}
              {entry.target !== null && (
                <bdi dir="ltr" className="mono truncate font-normal text-muted">
                  leads to {entry.target}
                </bdi>
              )}
            </span>
          </NameCell>
        );
      },
    },
    { key: 'mode', header: 'Mode', width: 'w-16', mono: true, from: 'sm', cell: ({ mode }) => mode },
    {
      key: 'ids',
      header: 'User:group',
      width: 'w-28',
      mono: true,
      from: 'md',
      cell: ({ uid, gid }) => `${uid}:${gid}`,
    },
    {
      key: 'size',
      header: 'Size',
      width: 'w-20 sm:w-24',
      align: 'right',
      mono: true,
      cell: ({ kind, size }) => (kind === 'file' ? bytesText(size) : '–'),
    },
    {
      key: 'changed',
      header: 'Changed',
      width: 'w-32',
      from: 'md',
      cell: ({ changedAt }) => <Moment at={changedAt} />,
    },
  ];
}

import type { JailLimit } from '@cellblock/shared/jail-limits';
import { storageText } from '@cellblock/shared/storage-text';
import type { JailView } from '@cellblock/shared/views/jail-view';
import { bytesText } from '@/ui/number-text';
import { LIMIT_WORDS } from './limit-words';

/** What is set, in one line; what is not set is the host's. */
export function LimitList({ jail }: { jail: JailView }) {
  const set = (Object.keys(LIMIT_WORDS) as JailLimit[]).flatMap((limit) => {
    const value = jail.settings.limits[limit];
    return value === null ? [] : [{ label: LIMIT_WORDS[limit].label, text: LIMIT_WORDS[limit].text(value) }];
  });
  const storage = storageText(jail.settings.storage, jail.seen?.usage ?? null, bytesText);
  if (storage !== null) set.push({ label: 'Storage', text: storage });
  if (set.length === 0)
    return <p className="text-muted">It has no limit of its own: what the host has, it may use.</p>;
  return (
    <dl className="flex flex-wrap gap-x-5 gap-y-1">
      {set.map(({ label, text }) => (
        <div key={label} className="flex gap-1.5">
          <dt className="text-muted">{label}</dt>
          <dd className="mono">{text}</dd>
        </div>
      ))}
    </dl>
  );
}

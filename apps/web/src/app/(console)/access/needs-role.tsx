'use client';
import { Link } from '@/app/link';
import { paths } from '@/paths';
import { Note } from '@/ui/note';

/** What lives here, for whoever may not see it. */
export function NeedsRole({ reason }: { reason: string }) {
  return (
    <Note tone="info" title={reason} className="max-w-xl">
      What each role may do is on the page of <Link href={paths.access('roles')}>roles</Link>; your own
      sign-in is under <Link href={paths.account()}>your name</Link>.
    </Note>
  );
}

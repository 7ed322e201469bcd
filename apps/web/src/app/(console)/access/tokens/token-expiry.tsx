'use client';
import { Moment } from '@/ui/moment';
import { useNow } from '@/ui/now';
import { StatusBadge } from '@/ui/status-badge';
import { durationText } from '@/ui/time-text';
import { type TokenFacts, tokenWord } from './token-word';

/** "in 12 d", marked where somebody should look: it ends soon, has ended, or nobody uses it. */
export function TokenExpiry({ token }: { token: TokenFacts }) {
  const now = useNow();
  if (!now) return null;
  const word = tokenWord(token, now);
  const left = Date.parse(token.expiresAt) - now.getTime();
  const text =
    left <= 0 ? (
      <Moment at={token.expiresAt} show="relative" />
    ) : (
      <time dateTime={token.expiresAt} title={token.expiresAt}>
        in {durationText(left)}
      </time>
    );
  if (word === null) return <span className="text-muted">{text}</span>;
  return (
    <span className="inline-flex items-center gap-2">
      <span className="text-muted">{text}</span>
      <StatusBadge tone={word === 'expired' ? 'bad' : 'warn'}>
        {word === 'unused' ? 'unused 90 d' : word}
      </StatusBadge>
    </span>
  );
}

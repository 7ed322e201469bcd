'use client';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client';
import { Button } from '@/ui/button';
import { Panel } from '@/ui/panel';
import { Prose } from '@/ui/prose';
import { StatusBadge, type Tone } from '@/ui/status-badge';
import { TextField } from '@/ui/text-field';
import { absoluteTime } from '@/ui/time-text';
import { zoneLabel } from '@/ui/time-zone';
import { useZone } from '@/ui/zone';
import { Loaded } from '../../../loaded';
import { readMoment } from './read-moment';

const answers: Record<string, { tone: Tone; word: string }> = {
  held: { tone: 'ok', word: 'Held, confirmed by the host' },
  'given-not-confirmed': { tone: 'info', word: 'Given, not confirmed' },
  'being-taken-back': { tone: 'info', word: 'Being taken back' },
  nobody: { tone: 'idle', word: 'Nobody' },
};

/** "Who held it on 3 August at 14:03?", asked and answered in the URL. */
export function AtMoment({
  address,
  at,
  onAt,
}: {
  address: string;
  at: Date | null;
  onAt: (at: Date | null) => void;
}) {
  const trpc = useTRPC();
  const { zone } = useZone();
  const [text, setText] = useState(at ? absoluteTime(at, zone, { zoneName: false }) : '');
  const [toldIn, setToldIn] = useState(zone);
  if (toldIn !== zone) {
    // The clock that was typed means the same moment in the zone that is shown now.
    const meant = /ago|^\d+ ?\w+$/.test(text) ? null : readMoment(text, toldIn);
    setToldIn(zone);
    if (meant) setText(absoluteTime(meant, zone, { zoneName: false }));
  }
  const [wrong, setWrong] = useState<string | undefined>();
  const answer = useQuery({
    ...trpc.ips.at.queryOptions({ address, at: at?.toISOString() ?? '' }),
    enabled: at !== null,
  });
  return (
    <Panel title="At a moment">
      <form
        className="flex flex-col gap-3 p-3"
        onSubmit={(event) => {
          event.preventDefault();
          const read = readMoment(text, zone);
          setWrong(read === null ? 'This is no moment: write 2026-08-03 14:03, or 2 h ago.' : undefined);
          if (read) onAt(read);
        }}
      >
        <TextField
          label={`Day and time, ${zoneLabel(zone)}`}
          mono
          value={text}
          error={wrong}
          placeholder="2026-08-03 14:03"
          onChange={(event) => setText(event.currentTarget.value)}
          after={
            <Button type="submit" disabledReason={!text.trim() && 'Write a day and a time first'}>
              Who held it?
            </Button>
          }
        />
        {at && !wrong && (
          <Loaded query={answer} rows={1}>
            {(found) => (
              <div aria-live="polite">
                <StatusBadge tone={answers[found.answer]?.tone ?? 'unknown'}>
                  {answers[found.answer]?.word}
                </StatusBadge>
                <p className="mt-1 text-strong">
                  <Prose text={found.text} />
                </p>
              </div>
            )}
          </Loaded>
        )}
      </form>
    </Panel>
  );
}

'use client';
import { Fragment } from 'react';
import { momentsIn } from './moments-in-text';
import { absoluteTime } from './time-text';
import { useZone } from './zone';

/** A sentence of the server, its moments in the zone of the screen like every other time on it. */
export function Prose({ text }: { text: string }) {
  const { zone } = useZone();
  let at = 0;
  return momentsIn(text).map((piece) => {
    at += 1;
    if (typeof piece === 'string') return <Fragment key={at}>{piece}</Fragment>;
    return (
      <time key={at} dateTime={piece.toISOString()} suppressHydrationWarning>
        {absoluteTime(piece, zone)}
      </time>
    );
  });
}

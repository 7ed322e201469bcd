'use client';
import type { AssignmentRecord } from '@cellblock/shared/views/address-view';
import { useNow } from '@/ui/now';
import { type LaneSpan, TimelineLanes } from '@/ui/timeline-lanes';

/** Two lanes: what our books gave, and what hosts confirmed. Where they differ, somebody had not answered yet. */
export function HolderTimeline({ history, at }: { history: readonly AssignmentRecord[]; at?: Date | null }) {
  const now = useNow();
  const earliest = history.reduce(
    (first, each) => Math.min(first, Date.parse(each.wantedFrom)),
    Number.POSITIVE_INFINITY,
  );
  if (!now || !Number.isFinite(earliest)) return <div className="h-[92px]" />;
  const from = new Date(Math.min(earliest, at?.getTime() ?? earliest));
  // A little room before the first holder, so that its beginning can be seen.
  const start = new Date(from.getTime() - Math.max(1000, (now.getTime() - from.getTime()) * 0.02));
  return (
    <TimelineLanes
      label="Holders over time; the table below says the same"
      from={start}
      until={now}
      at={at}
      lanes={[
        { name: 'given', spans: history.map(givenSpan) },
        { name: 'seen', spans: history.flatMap(seenSpan) },
      ]}
    />
  );
}

function givenSpan(record: AssignmentRecord): LaneSpan {
  return {
    key: record.id,
    from: new Date(record.wantedFrom),
    until: record.wantedUntil ? new Date(record.wantedUntil) : null,
    label: record.jail.name,
    look: record.wantedUntil ? 'past' : 'current',
  };
}

function seenSpan(record: AssignmentRecord): LaneSpan[] {
  if (!record.seenFrom) return [];
  return [
    {
      key: record.id,
      from: new Date(record.seenFrom),
      until: record.seenGone ? new Date(record.seenGone) : null,
      label: record.forced ? `${record.jail.name}, end not confirmed` : record.jail.name,
      look: record.forced ? 'dashed' : record.seenGone ? 'past' : 'current',
    },
  ];
}

'use client';
import type { JailView } from '@cellblock/shared/views/jail-view';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { SlidersHorizontal } from 'lucide-react';
import dynamic from 'next/dynamic';
import { parseAsStringLiteral, useQueryState } from 'nuqs';
import { useTRPC } from '@/trpc/client';
import { Button } from '@/ui/button';
import { EmptyState } from '@/ui/empty-state';
import { Segmented } from '@/ui/segmented';
import { Loaded } from '../../../../loaded';
import { useMayNot } from '../../../../may';
import { useAsking } from '../../../../use-asking';
import { useJail } from '../use-jail';
import { LimitList } from './limit-list';
import { UsageCharts } from './usage-charts';

const LimitsDialog = dynamic(() => import('./limits-dialog').then((module) => module.LimitsDialog), {
  ssr: false,
});

const RANGES = [
  { value: '1h', label: 'Last hour', ms: 3_600_000 },
  { value: '6h', label: '6 hours', ms: 6 * 3_600_000 },
  { value: '24h', label: 'Day', ms: 24 * 3_600_000 },
] as const;
const EVERY_MS = 15_000;

export function JailLimits() {
  return <Loaded query={useJail()}>{(jail) => <Limits jail={jail} />}</Loaded>;
}

function Limits({ jail }: { jail: JailView }) {
  const trpc = useTRPC();
  const denied = useMayNot('operate');
  const [asking, ask] = useAsking(['limits']);
  const [range, setRange] = useQueryState(
    'range',
    parseAsStringLiteral(RANGES.map(({ value }) => value)).withDefault('1h'),
  );
  const lastMs = RANGES.find(({ value }) => value === range)?.ms ?? RANGES[0].ms;
  const history = useQuery(
    trpc.metrics.range.queryOptions(
      { jail: jail.id, lastMs },
      { refetchInterval: EVERY_MS, placeholderData: keepPreviousData },
    ),
  );
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <Segmented label="Time" value={range} options={RANGES} onChange={(value) => void setRange(value)} />
        <Button
          className="ml-auto"
          icon={<SlidersHorizontal aria-hidden />}
          disabledReason={denied}
          onClick={() => ask('limits')}
        >
          Change limits
        </Button>
      </div>
      <LimitList jail={jail} />
      <Loaded query={history} rows={6}>
        {({ samples, from, to }) =>
          samples.length === 0 ? (
            <EmptyState command={`cellblock start ${jail.name}`}>
              Nothing was measured in this time. While {jail.name} runs, what it uses is measured every 15 s
              and kept for a day.
            </EmptyState>
          ) : (
            <UsageCharts jail={jail} samples={samples} from={Date.parse(from)} to={Date.parse(to)} />
          )
        }
      </Loaded>
      {asking === 'limits' && <LimitsDialog jail={jail} onClose={() => ask(null)} />}
    </div>
  );
}

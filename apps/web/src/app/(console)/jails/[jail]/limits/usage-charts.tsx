'use client';
import type { JailSample } from '@cellblock/shared/jail-sample';
import { gaugeSeries, growths, rateSeries } from '@cellblock/shared/sample-series';
import type { JailView } from '@cellblock/shared/views/jail-view';
import { type ReactNode, useMemo, useState } from 'react';
import { LineChart } from '@/ui/line-chart';
import { bytesText, countText } from '@/ui/number-text';
import { Panel } from '@/ui/panel';

interface UsageChartsProps {
  jail: JailView;
  samples: readonly JailSample[];
  from: number;
  to: number;
}

const cores = (value: number) => `${value.toFixed(2)} cores`;
const perSecond = (value: number) => `${bytesText(Math.round(value))}/s`;
const percent = (value: number) => `${(value * 100).toFixed(value < 0.1 ? 1 : 0)}\u2009%`;
const MIB = 2 ** 20;

/** What a jail used, beside what it may use. One moment is read on all of them together. */
export function UsageCharts({ jail, samples, from, to }: UsageChartsProps) {
  const [hover, onHover] = useState<number | null>(null);
  const { limits } = jail.settings;
  const series = useMemo(() => seriesOf(samples), [samples]);
  const common = { from, to, since: Date.parse(jail.createdAt), hover, onHover };
  const kills = series.kills.map(({ at, by }) => ({
    at,
    text: `OOM kill, ${by === 1 ? 'once' : `${by} times`}`,
  }));
  const killed =
    kills.length > 0 && `${kills.length === 1 ? 'OOM kills once' : `OOM kills ${kills.length} times`}`;

  return (
    <div className="grid gap-3 lg:grid-cols-2">
      <Chart title="CPU" meta={limits.cpus === null ? 'no limit' : 'waiting: held back by its limit'}>
        <LineChart
          {...common}
          label="CPU"
          text={cores}
          atLeast={0.1}
          limit={limits.cpus === null ? null : { name: 'Limit', value: limits.cpus }}
          lines={[
            { name: 'Used', points: series.cpu },
            { name: 'Waiting', points: series.throttled },
          ]}
        />
      </Chart>
      <Chart title="Memory" meta={killed || (limits.memory === null ? 'no limit' : undefined)}>
        <LineChart
          {...common}
          label="Memory"
          text={bytesText}
          bytes
          atLeast={MIB}
          limit={limits.memory === null ? null : { name: 'Limit', value: limits.memory }}
          marks={kills}
          lines={[{ name: 'Used', points: series.memory }]}
        />
      </Chart>
      <Chart title="Processes" meta={limits.pids === null ? 'no limit' : undefined}>
        <LineChart
          {...common}
          label="Processes"
          text={(value) => countText(Math.round(value))}
          atLeast={4}
          limit={limits.pids === null ? null : { name: 'Limit', value: limits.pids }}
          lines={[{ name: 'Processes', points: series.pids }]}
        />
      </Chart>
      <Chart
        title="Disk"
        meta={limits.ioReadBytes === null && limits.ioWriteBytes === null ? 'no limit' : undefined}
      >
        <LineChart
          {...common}
          label="Disk"
          text={perSecond}
          bytes
          atLeast={64 * 1024}
          limit={diskLimit(limits)}
          lines={[
            { name: 'Read', points: series.read },
            { name: 'Written', points: series.written },
          ]}
        />
      </Chart>
      <Chart wide title="Pressure" meta="share of time in which a process waited">
        <LineChart
          {...common}
          label="Pressure"
          text={percent}
          atLeast={0.05}
          lines={[
            { name: 'CPU', points: series.cpuPressure },
            { name: 'Memory', points: series.memoryPressure },
            { name: 'Disk', points: series.ioPressure },
          ]}
        />
      </Chart>
    </div>
  );
}

interface ChartProps {
  title: string;
  meta?: string | undefined;
  wide?: boolean;
  children: ReactNode;
}

function Chart({ title, meta, wide, children }: ChartProps) {
  return (
    <Panel
      className={wide ? 'lg:col-span-2' : undefined}
      title={title}
      meta={meta && <span className="text-small">{meta}</span>}
    >
      {children}
    </Panel>
  );
}

function diskLimit({ ioReadBytes, ioWriteBytes }: JailView['limits']) {
  if (ioWriteBytes !== null) return { name: 'Limit of writing', value: ioWriteBytes };
  return ioReadBytes === null ? null : { name: 'Limit of reading', value: ioReadBytes };
}

function seriesOf(samples: readonly JailSample[]) {
  return {
    cpu: rateSeries(samples, 'cpuSeconds'),
    throttled: rateSeries(samples, 'throttledSeconds'),
    memory: gaugeSeries(samples, 'memoryBytes'),
    pids: gaugeSeries(samples, 'pids'),
    read: rateSeries(samples, 'ioReadBytes'),
    written: rateSeries(samples, 'ioWriteBytes'),
    cpuPressure: rateSeries(samples, 'cpuPressureSeconds'),
    memoryPressure: rateSeries(samples, 'memoryPressureSeconds'),
    ioPressure: rateSeries(samples, 'ioPressureSeconds'),
    kills: growths(samples, 'oomKills'),
  };
}

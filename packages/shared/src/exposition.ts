export interface Metric {
  name: string;
  help: string;
  type: 'gauge' | 'counter' | 'histogram';
  samples: { labels?: Record<string, string>; value: number | null | undefined; suffix?: string }[];
}

/** Metrics in the text format that Prometheus reads (version 0.0.4). A sample without a value is left out, and so is a
 *  metric without samples. */
export function exposition(metrics: readonly Metric[]): string {
  return metrics.map(written).join('');
}

function written({ name, help, type, samples }: Metric): string {
  const lines = samples.flatMap(({ labels = {}, value, suffix = '' }) => {
    if (value === null || value === undefined) return [];
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
    return [`${name}${suffix}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}\n`];
  });
  return lines.length === 0 ? '' : `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

const escaped = (text: string) =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

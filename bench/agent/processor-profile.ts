import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { short } from '../statistics.ts';

/** What Node writes with `--cpu-prof`: a tree of calls, and which of them was on top at each sample. */
interface CpuProfile {
  nodes: {
    id: number;
    callFrame: { functionName: string; url: string };
    children?: number[];
  }[];
  samples: number[];
  /** microseconds since the sample before */
  timeDeltas: number[];
}

export const profilingFlags = (directory: string): string[] => [
  '--cpu-prof',
  '--cpu-prof-interval=200',
  `--cpu-prof-dir=${directory}`,
];

const isOurs = (url: string) => url !== '' && !url.startsWith('node:');

/**
 * Where the processor time of the program went that wrote its profile into `directory`, and for how much of it
 * nothing was to be done: functions of our own with all that was done for them alone, the dearest first.
 */
export function processorProfile(directory: string, acts: number): string {
  const [name] = readdirSync(directory).filter((file) => file.endsWith('.cpuprofile'));
  if (!name) throw new Error(`${directory} holds no profile: the program did not end by itself`);
  return describe(JSON.parse(readFileSync(join(directory, name), 'utf8')) as CpuProfile, acts);
}

function describe(profile: CpuProfile, acts: number): string {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(profile.nodes.flatMap((node) => (node.children ?? []).map((id) => [id, node.id])));
  const spent = new Map<string, number>();
  profile.samples.forEach((sample, index) => {
    const who = accountable(sample, nodes, parents);
    spent.set(who, (spent.get(who) ?? 0) + (profile.timeDeltas[index] ?? 0) / 1000);
  });
  const idle = spent.get('(idle)') ?? 0;
  spent.delete('(idle)');
  const busy = [...spent.values()].reduce((sum, ms) => sum + ms, 0);
  const dearest = [...spent]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 10)
    .map(([who, ms]) => `${who} ${short((100 * ms) / busy)} %`);
  return `${short(busy / acts)} ms of the main thread each, and ${short(idle / acts)} ms with nothing to do; of the former: ${dearest.join(', ')}`;
}

/** The nearest function of ours that was running; what belongs to nobody is named as V8 names it. */
function accountable(
  sample: number,
  nodes: Map<number, CpuProfile['nodes'][number]>,
  parents: Map<number, number>,
): string {
  const top = nodes.get(sample)?.callFrame;
  if (top?.functionName.startsWith('(') && top.functionName !== '(anonymous)') return top.functionName;
  for (let id: number | undefined = sample; id !== undefined; id = parents.get(id)) {
    const frame = nodes.get(id)?.callFrame;
    if (frame && isOurs(frame.url) && frame.functionName) return frame.functionName;
  }
  return top?.functionName || '(anonymous)';
}

import type { XrayRun, XrayView } from '@cellblock/shared/views/xray-view';
import { XRAY_GROUPS, type XrayFinding } from '@cellblock/shared/xray';
import type { Printable } from '../output/print.ts';

/** Every finding, and what has gone since; the first column tells what changed. */
export function xrayTable(view: XrayView): Printable {
  const changed = new Map(
    view.changes
      .filter(({ change }) => change !== 'gone')
      .map(({ change, finding }) => [keyOf(finding), change] as const),
  );
  const gone = view.changes.filter(({ change }) => change === 'gone').map(({ finding }) => finding);
  return {
    data: view,
    headings: ['CHANGE', 'KIND', 'ITEM', 'DETAIL'],
    rows: [
      ...view.findings.map((finding) => [changed.get(keyOf(finding)) ?? '', ...rowOf(finding)]),
      ...gone.map((finding) => ['gone', ...rowOf(finding)]),
    ],
    names: view.findings.map(({ group, item }) => `${group} ${item}`),
  };
}

export function xrayRunTable(runs: readonly XrayRun[]): Printable {
  return {
    data: runs,
    headings: ['RUN', 'AT', 'BY', 'KERNEL'],
    rows: runs.map((run) => [String(run.number), run.at, run.by, run.kernel]),
    names: runs.map((run) => String(run.number)),
  };
}

const keyOf = ({ group, item, detail }: XrayFinding) => `${group}\t${item}\t${detail}`;
const rowOf = ({ group, item, detail }: XrayFinding) => [XRAY_GROUPS[group], item, detail];

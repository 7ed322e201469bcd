'use client';
import type { JailView } from '@cellblock/shared/views/jail-view';
import { type XrayView, xrayGroups } from '@cellblock/shared/views/xray-view';
import { XRAY_GROUPS, type XrayFinding } from '@cellblock/shared/xray';
import { useQuery } from '@tanstack/react-query';
import { Minus, PencilLine, Plus } from 'lucide-react';
import { useTRPC } from '@/trpc/client';
import { cx } from '@/ui/cx';
import { KeyValues } from '@/ui/key-values';
import { Moment } from '@/ui/moment';
import { Panel } from '@/ui/panel';
import { StatusBadge } from '@/ui/status-badge';
import { Loaded } from '../../../../loaded';

type Change = XrayView['changes'][number];

/** One run: what has changed since another one first, then everything that was found, by kind. */
export function XrayRunShown(o: { jail: JailView; run: number; against: number | undefined }) {
  const trpc = useTRPC();
  const shown = useQuery(
    trpc.jails.xrayShow.queryOptions({
      jail: o.jail.id,
      run: o.run,
      ...(o.against === undefined ? {} : { against: o.against }),
    }),
  );
  return (
    <Loaded query={shown} rows={12}>
      {(view) => (
        <>
          <Panel title={`Run #${view.number}`} meta={`${view.findings.length} findings`}>
            <KeyValues
              rows={[
                ['When', <Moment key="at" at={view.at} show="both" />],
                ['By', view.by],
                ['Kernel', <span key="kernel">Linux {view.kernel}</span>],
                [
                  'Not as the jail',
                  <ul key="differs">
                    {view.differs.map((words) => (
                      <li key={words}>{words}</li>
                    ))}
                  </ul>,
                ],
              ]}
            />
          </Panel>
          <Difference view={view} />
          {xrayGroups.map((group) => (
            <Group key={group} group={group} view={view} />
          ))}
        </>
      )}
    </Loaded>
  );
}

function Difference({ view }: { view: XrayView }) {
  if (view.against === null) return <p className="text-muted">This is the first run of this jail.</p>;
  const title = `Since run #${view.against.number}`;
  if (view.changes.length === 0)
    return (
      <Panel title={title}>
        <p className="p-3">
          <StatusBadge tone="ok">Nothing differs</StatusBadge>
        </p>
      </Panel>
    );
  return (
    <Panel title={title} meta={`${view.changes.length} differ`}>
      <ul>
        {view.changes.map((change) => (
          <Line key={keyOf(change.finding)} finding={change.finding} change={change} named />
        ))}
      </ul>
    </Panel>
  );
}

function Group({ group, view }: { group: XrayFinding['group']; view: XrayView }) {
  const findings = view.findings.filter((finding) => finding.group === group);
  if (findings.length === 0) return null;
  const changes = new Map(
    view.changes
      .filter(({ change }) => change !== 'gone')
      .map((change) => [keyOf(change.finding), change] as const),
  );
  return (
    <Panel title={XRAY_GROUPS[group]} meta={findings.length}>
      <ul>
        {findings.map((finding) => (
          <Line key={keyOf(finding)} finding={finding} change={changes.get(keyOf(finding))} />
        ))}
      </ul>
    </Panel>
  );
}

const looks = {
  new: { tone: 'warn', icon: Plus, word: 'New' },
  gone: { tone: 'idle', icon: Minus, word: 'Gone' },
  changed: { tone: 'warn', icon: PencilLine, word: 'Changed' },
} as const;

function Line({
  finding,
  change,
  named,
}: {
  finding: XrayFinding;
  change: Change | undefined;
  named?: boolean;
}) {
  const look = change && looks[change.change];
  const badge = look && (
    <StatusBadge tone={look.tone} icon={look.icon}>
      {look.word}
    </StatusBadge>
  );
  return (
    <li className="flex flex-wrap items-baseline gap-x-3 border-b border-line-subtle px-3 py-1 last:border-b-0">
      {named && badge}
      {named && <span className="text-muted">{XRAY_GROUPS[finding.group]}</span>}
      <span className={cx('mono min-w-0 break-all text-strong', !named && 'sm:w-2/5 sm:shrink-0')}>
        {finding.item}
      </span>
      <span className={cx('min-w-0 break-words text-muted', !named && 'sm:flex-1')}>{finding.detail}</span>
      {!named && badge}
      {change?.before !== undefined && (
        <span className="min-w-0 break-words text-muted">before: {change.before}</span>
      )}
    </li>
  );
}

const keyOf = ({ group, item, detail }: XrayFinding) => `${group} ${item} ${detail}`;

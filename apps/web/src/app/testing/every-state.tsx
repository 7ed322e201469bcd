import type { AuditEventView } from '@cellblock/shared/audit-event';
import type { HostState } from '@cellblock/shared/views/host-view';
import type { JailState } from '@cellblock/shared/views/jail-view';
import type { TaskView } from '@cellblock/shared/views/task-view';
import { CircleCheck } from 'lucide-react';
import type { ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { CellMap } from '@/ui/cell-map';
import { type CellLook, CellSwatch } from '@/ui/grid-cell';
import { type Stage, StageTrack } from '@/ui/stage-track';
import { StatusBadge, type Tone } from '@/ui/status-badge';
import type { Look } from '../(console)/overview/fleet-cells';
import { AddressStateBadge, type AddressWord } from '../address-state-badge';
import { EventOutcomeBadge } from '../event-outcome-badge';
import { HostStateBadge } from '../host-state-badge';
import { JailStateBadge } from '../jail-state-badge';
import { TaskStateBadge } from '../task-state-badge';
import type { DrawnState, EveryState } from './drawn-state';

/** Keys of an object that must have all of them: a new state fails to compile until it is listed. */
const all = <Key extends string>(keys: Record<Key, 0>) => Object.keys(keys) as Key[];

const jails = all<JailState>({
  wanted: 0,
  starting: 0,
  running: 0,
  stopping: 0,
  stopped: 0,
  failed: 0,
  unknown: 0,
  destroying: 0,
  destroyed: 0,
});
const hosts = all<HostState>({ waiting: 0, ready: 0, unknown: 0, locked: 0, frozen: 0 });
const addresses = all<AddressWord>({
  free: 0,
  wanted: 0,
  assigned: 0,
  releasing: 0,
  moving: 0,
  cooling: 0,
  reserved: 0,
  gateway: 0,
  network: 0,
  broadcast: 0,
  host: 0,
});
const tasks = all<TaskView['state']>({
  wanted: 0,
  accepted: 0,
  applied: 0,
  failed: 0,
  refused: 0,
  superseded: 0,
  canceled: 0,
});
const outcomes = all<NonNullable<AuditEventView['outcome']>>({
  applied: 0,
  failed: 0,
  refused: 0,
  superseded: 0,
  canceled: 0,
  unknown: 0,
});
const tones = all<Tone>({ ok: 0, info: 0, warn: 0, bad: 0, idle: 0, unknown: 0, learn: 0 });
const poolLooks = all<CellLook>({
  solid: 0,
  outlined: 0,
  halved: 0,
  empty: 0,
  hatched: 0,
  dashed: 0,
  dark: 0,
  crossed: 0,
});
const fleetLooks = all<Look>({ good: 0, moving: 0, down: 0, bad: 0, unknown: 0 });
const stages = all<Stage['state']>({ done: 0, now: 0, later: 0, bad: 0, ended: 0 });

const event = (over: Partial<AuditEventView>) =>
  ({ phase: 'intent', outcome: null, latestOutcome: null, task: 'T-1', ...over }) as AuditEventView;
const task = (over: Partial<TaskView>) =>
  ({ state: 'wanted', waitsFor: null, steps: [], ...over }) as TaskView;

const draw = <State extends string>(
  set: string,
  states: readonly State[],
  of: (state: State) => ReactElement,
) => states.map((state): DrawnState => ({ set, state, html: renderToStaticMarkup(of(state)) }));

export const wordedStates: EveryState['wordedStates'] = () => [
  ...draw('jail', jails, (state) => <JailStateBadge state={state} />),
  ...draw('host', hosts, (state) => <HostStateBadge state={state} />),
  ...draw('address', addresses, (state) => <AddressStateBadge state={state} />),
  ...draw('task', tasks, (state) => <TaskStateBadge task={task({ state })} />),
];

export const markedStates: EveryState['markedStates'] = () => [
  ...draw('tone', tones, (tone) => (
    <StatusBadge tone={tone} iconOnly>
      {tone}
    </StatusBadge>
  )),
  ...draw('task', [...tasks, 'waits for its host'] as const, (state) => (
    <TaskStateBadge
      iconOnly
      task={
        state === 'waits for its host'
          ? task({ waitsFor: { host: 'h1', state: 'unknown', since: null } as TaskView['waitsFor'] })
          : task({ state })
      }
    />
  )),
  ...draw('outcome', outcomes, (outcome) => (
    <EventOutcomeBadge event={event({ phase: 'outcome', outcome })} iconOnly />
  )),
  ...draw('outcome', ['refusal', 'recorded', 'open'] as const, (state) => (
    <EventOutcomeBadge
      iconOnly
      event={event(state === 'refusal' ? { phase: 'refusal' } : state === 'recorded' ? { task: null } : {})}
    />
  )),
  ...draw('cell of a pool', poolLooks, (look) => <CellSwatch look={look} />),
  ...draw('cell of the fleet', fleetLooks, (look) => (
    <CellMap label="one" cells={[{ key: look, look, label: look }]} onOpen={() => undefined} />
  )),
  ...draw('stage', stages, (state) => <StageTrack label="one" stages={[{ label: '', state }]} />),
];

export const statesOfOneShape: EveryState['statesOfOneShape'] = () =>
  draw('one shape', ['ok', 'bad'] as const, (tone) => (
    <StatusBadge tone={tone} icon={CircleCheck} iconOnly>
      {tone}
    </StatusBadge>
  ));

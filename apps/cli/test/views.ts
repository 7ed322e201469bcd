import { NO_LIMITS } from '@cellblock/shared/jail-limits';
import type { AddressView } from '@cellblock/shared/views/address-view';
import type { JailView } from '@cellblock/shared/views/jail-view';
import type { TaskView } from '@cellblock/shared/views/task-view';

const uuid = (n: number) => `0192f0c1-0000-7000-8000-${String(n).padStart(12, '0')}`;
const AT = '2026-08-03T14:03:00.000Z';
const network = { id: uuid(4), name: 'n1' };
const host = { id: uuid(2), name: 'h1' };

const held: JailView['addresses'][number] = {
  id: uuid(10),
  address: '10.0.0.5',
  prefixLength: 24,
  state: 'assigned',
  wantedFrom: AT,
  seenFrom: AT,
};

export const jailView: JailView = {
  id: uuid(1),
  name: 'web1',
  host: { ...host, state: 'ready' },
  state: 'running',
  wanted: { state: 'running', startNumber: 1 },
  converged: true,
  addresses: [held],
  root: 'host-usr',
  usage: null,
  limits: NO_LIMITS,
  startedAt: AT,
  seenAt: AT,
  createdAt: AT,
  problem: null,
  key: 'abcdefgh',
  settings: {
    hostname: 'web1',
    root: { kind: 'host-usr', ephemeral: false },
    readOnly: false,
    profile: 'daemon',
    view: [],
    devices: [],
    resourceLimits: {},
    command: null,
    environment: {},
    limits: NO_LIMITS,
    dns: [],
    boot: true,
    restart: 'on-failure',
    stopTimeoutMs: 30_000,
  },
  interfaces: [
    {
      id: uuid(3),
      name: 'eth0',
      mac: '02:00:00:00:00:01',
      network: { ...network, reach: 'host' },
      addresses: [held],
    },
  ],
  seen: {
    id: uuid(1),
    key: 'abcdefgh',
    name: 'web1',
    state: 'running',
    startNumber: 1,
    startedAt: AT,
    pid: 4242,
    exit: null,
    restarts: 0,
    nextRestartAt: null,
    idBase: 1879048192,
    usage: null,
    hold: null,
    hasStorage: true,
  },
  destroyedAt: null,
  restorableUntil: null,
};

export const addressView: AddressView = {
  address: '10.0.0.5',
  network,
  pool: null,
  state: 'assigned',
  current: null,
  coolingUntil: null,
  reservation: null,
  history: [],
};

export const taskView: TaskView = {
  id: 'T-1',
  kind: 'jail.stop',
  object: { type: 'jail', id: uuid(1), name: 'web1' },
  host,
  by: 'mira',
  state: 'applied',
  message: null,
  refusal: null,
  waitsFor: null,
  steps: [
    {
      text: 'kill the jail',
      result: 'failed',
      errno: 'ESRCH',
      message: 'No such process',
      at: AT,
      durationMs: 1,
      receipt: 7,
    },
  ],
  event: { id: uuid(20), seq: 12 },
  createdAt: AT,
  endedAt: null,
};

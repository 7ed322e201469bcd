import { randomUUID } from 'node:crypto';
import type { AnswersEvent } from '@cellblock/shared/answers/answer';
import type { SpecObject } from '@cellblock/shared/host-spec';
import type { HostCheck, HostStatus } from '@cellblock/shared/host-status';
import type { Image } from '@cellblock/shared/image';
import type { JailProcess } from '@cellblock/shared/jail-process';
import type { AgentUnderTest } from './agent-under-test.ts';
import { addressesSeen, jailsSeen } from './made-true.ts';

export const PROCESS: JailProcess = {
  pid: 4711,
  jailPid: 1,
  parent: 4000,
  startTime: 7,
  uid: 0,
  state: 'S',
  threads: 1,
  memoryBytes: 2 ** 20,
  cpuSeconds: 0.5,
  name: 'init',
  command: '/sbin/init',
};

export const CHECK: HostCheck = {
  id: 'netns',
  title: 'network namespaces',
  verdict: 'have',
  evidence: '6.12',
};

export const IMAGE: Image = {
  digest: `sha256:${'ab'.repeat(32)}`,
  name: 'debian:12',
  source: 'Debian bookworm',
  created: '2026-11-01T00:00:00.000Z',
  size: 180_000_000,
  entries: 8_000,
  architecture: 'amd64',
  by: 'mira',
  cause: null,
  suggested: { command: null, environment: [], user: null },
};

/** One row, answered at once. */
export async function* answersOfOneRow(by: string): AsyncGenerator<AnswersEvent> {
  const startedAt = new Date().toISOString();
  const evidence = { asExpected: true, evidence: 'seen' };
  const run = {
    ...{ id: randomUUID(), startedAt, endedAt: null, by, kernel: '6.12', lab: false },
    ...{ asked: ['M7'], answers: [], cutShort: null },
  };
  const answer = {
    ...{ row: 'M7', verdict: 'pass' as const, reason: null },
    ...{ probe: evidence, control: evidence, tookMs: 1 },
  };
  yield { type: 'run', run };
  yield { type: 'testing', row: 'M7' };
  yield { type: 'answer', answer };
  yield { type: 'ended', run: { ...run, endedAt: new Date().toISOString(), answers: [answer] } };
}

/**
 * How an agent in memory says that its host is: by what it has made true, or by what it was told where it claims so.
 * `since`: from when on its jails run.
 */
export function reportOf(
  agent: Pick<
    AgentUnderTest,
    | 'behaviour'
    | 'generation'
    | 'hostname'
    | 'moreAddresses'
    | 'objects'
    | 'problems'
    | 'receipts'
    | 'viewPrefixes'
  >,
  { instance, since, made }: { instance: string; since: string; made: ReadonlyMap<string, SpecObject> },
): HostStatus {
  const at = new Date().toISOString();
  const seen = [...(agent.behaviour === 'networks' ? agent.objects : made).values()];
  const late = agent.behaviour === 'stalls' && made.size < agent.objects.size;
  return {
    accepted: agent.generation ?? 0,
    converged: late ? 0 : (agent.generation ?? 0),
    at,
    facts: {
      hostname: agent.hostname,
      kernel: '6.12',
      distribution: 'Debian 12',
      architecture: 'x64',
      agentVersion: 'test',
      instance,
      bootId: randomUUID(),
      bootedAt: at,
      cpus: 2,
      memoryBytes: 1e9,
      addresses: [{ link: 'eno1', prefix: '192.0.2.7/24' }, ...agent.moreAddresses],
      routes: [],
      bridges: [],
      controllers: ['memory', 'cpu', 'pids', 'io', 'io-weight', 'devices'],
    },
    checks: [CHECK],
    bounds: {
      rootPrefixes: [],
      viewPrefixes: agent.viewPrefixes,
      devices: [],
      imageSources: [],
      maxImageBytes: 16 * 1024 ** 3,
      maxImageFiles: 1_000_000,
      lab: false,
      subnets: [],
      parents: [],
      maxJails: 10_000,
      maxMemory: null,
      maxCpus: null,
      maxPids: null,
      maxCpuWeight: null,
      maxIoReadBytes: null,
      maxIoWriteBytes: null,
      exec: true,
      console: true,
      hostSettings: [],
    },
    jails: agent.behaviour === 'networks' ? [] : jailsSeen(seen, since),
    addresses: agent.behaviour === 'networks' ? [] : addressesSeen(seen),
    networks: seen
      .filter((object) => object.kind === 'network')
      .map(({ id, key, wanted }) => ({ id, link: `b${instance}${key}`, state: wanted })),
    problems: agent.problems,
    refused: [],
    receipts: agent.receipts.length,
  };
}

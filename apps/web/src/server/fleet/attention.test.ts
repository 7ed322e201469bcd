import { describe, expect, it } from 'vitest';
import { attentionOf, type HostReport } from './attention.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 22, 3, minute));
const host = (name: string, more: Partial<HostReport>): HostReport => ({
  id: name,
  name,
  state: 'ready',
  enrolledAt: at(0),
  lastReportAt: at(1),
  status: null,
  ...more,
});
const status = (more: object) =>
  ({
    at: at(1).toISOString(),
    jails: [],
    problems: [],
    refused: [],
    checks: [],
    ...more,
  }) as unknown as NonNullable<HostReport['status']>;
const failed = {
  id: 'j1',
  name: 'mail',
  state: 'failed',
  exit: { code: 78, signal: null, at: at(2).toISOString() },
};

describe('what needs attention', () => {
  it('is nothing while all is well', () => {
    expect(attentionOf([host('h1', { status: status({}) })])).toEqual([]);
  });

  it('names a jail that ended, with its status, where and since when', () => {
    expect(attentionOf([host('h1', { status: status({ jails: [failed] }) })])).toEqual([
      {
        rule: 'jail.failed',
        key: 'jail.failed jail/j1',
        severity: 'bad',
        text: 'jail mail ended with status 78 on h1',
        since: at(2).toISOString(),
        object: { type: 'jail', id: 'j1', name: 'mail' },
        fix: 'cellblock logs mail',
      },
    ]);
  });

  it('repeats nothing that a silent host said last: that is unknown now', () => {
    const silent = host('h2', { state: 'unknown', status: status({ jails: [failed] }) });
    expect(attentionOf([silent])).toMatchObject([
      { severity: 'unknown', text: 'host h2 is silent', since: at(1).toISOString() },
    ]);
  });

  it('puts the worst first, then what lasts longest', () => {
    const list = attentionOf([
      host('a', { state: 'unknown', lastReportAt: at(1) }),
      host('b', { state: 'waiting', enrolledAt: at(5) }),
      host('c', { state: 'waiting', enrolledAt: at(3) }),
      host('d', { state: 'locked' }),
    ]);
    expect(list.map(({ object }) => object.name)).toEqual(['d', 'c', 'b', 'a']);
  });

  it('names a clock that is off by more than 5 s, and which way', () => {
    const clock = (seconds: number) =>
      attentionOf([
        host('h1', { status: status({ at: new Date(at(1).getTime() + seconds * 1000).toISOString() }) }),
      ]).map(({ text }) => text);
    expect(clock(5)).toEqual([]);
    expect(clock(90)).toEqual(['the clock of host h1 is 90 s ahead']);
    expect(clock(-90)).toEqual(['the clock of host h1 is 90 s behind']);
  });

  it('points a problem at the jail that it is about, else at the host', () => {
    const problem = (key: string) => ({
      key,
      message: 'no space left',
      at: at(4).toISOString(),
      fix: 'df -h',
    });
    const jails = [{ ...failed, state: 'running' }];
    const list = attentionOf([
      host('h1', { status: status({ jails, problems: [problem('jail/j1'), problem('network/n1')] }) }),
    ]);
    expect(list.map(({ object }) => `${object.type}/${object.id}`)).toEqual(['jail/j1', 'host/h1']);
  });
});

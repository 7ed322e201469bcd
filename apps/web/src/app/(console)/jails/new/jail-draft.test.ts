import { describe, expect, it } from 'vitest';
import { jailCommand } from './jail-command.ts';
import { draftError, emptyDraft, inputOf, rulesOf, splitWords } from './jail-draft.ts';

const draft = { ...emptyDraft, name: 'web-1', host: 'h1', network: 'lan' };

describe('the form of a new jail', () => {
  it('needs a name and nothing else', () => {
    expect(inputOf({ ...draft, name: '' }, null)).toBeNull();
    expect(inputOf(draft, null)).toEqual({
      name: 'web-1',
      host: 'h1',
      network: 'lan',
      makeNetwork: undefined,
      addresses: undefined,
      settings: { root: { kind: 'host-usr', ephemeral: false }, boot: true },
    });
  });

  it('asks the server nothing while a field cannot be right, and says which', () => {
    const wrong = { ...draft, memory: 'lots' };
    expect(draftError(wrong)?.field).toBe('memory');
    expect(inputOf(wrong, null)).toBeNull();
    expect(draftError({ ...draft, name: 'Web 1' })?.field).toBe('name');
    expect(draftError({ ...draft, name: '10.0.0.5' })?.error).toContain('IP address');
    expect(draftError({ ...draft, root: 'dir', rootPath: 'srv' })?.field).toBe('rootPath');
    expect(inputOf({ ...draft, root: 'tar' }, null)).toBeNull();
  });

  it('brings its network along where there is none', () => {
    const input = inputOf({ ...draft, network: null }, { name: 'lan', subnet: '10.20.0.0/24', nat: true });
    expect(input).toMatchObject({ network: 'lan', makeNetwork: { subnet: '10.20.0.0/24', nat: true } });
  });

  it('gives no address to a jail without a network', () => {
    expect(inputOf({ ...draft, network: null, address: '10.0.0.5' }, null)?.addresses).toBeUndefined();
    expect(inputOf({ ...draft, address: '10.0.0.5, fd00::5' }, null)?.addresses).toEqual([
      '10.0.0.5',
      'fd00::5',
    ]);
  });

  it('reads sizes as the command line does', () => {
    expect(inputOf({ ...draft, memory: '256M', cpus: '0.5' }, null)?.settings?.limits).toEqual({
      memory: 268_435_456,
      cpus: 0.5,
      pids: null,
    });
  });
});

describe('the profile and the root, as they are shown and as they are asked for', () => {
  const of = (part: object) => {
    const full = { ...draft, ...part };
    const input = inputOf(full, null);
    return [rulesOf(full), input?.settings?.readOnly, input && jailCommand(input, full)];
  };
  const command = (...more: string[]) => ['cellblock create web-1 --host h1', ...more].join(' ');

  it('are as the root has them while nothing is chosen', () => {
    const rest = command('--network lan');
    expect(of({})).toEqual([{ profile: 'daemon', readOnly: false }, undefined, rest]);
    expect(of({ root: 'tar', rootPath: '/srv/x' })[0]).toEqual({ profile: 'system', readOnly: false });
  });

  it('are as a chosen profile has them, unless the root is chosen too', () => {
    const profile = 'strict';
    const rest = [`--profile strict`, '--network lan'];
    expect(of({ profile })).toEqual([{ profile, readOnly: true }, undefined, command(...rest)]);
    expect(of({ profile, readOnly: false })).toEqual([
      { profile, readOnly: false },
      false,
      command(...rest, '--writable'),
    ]);
    expect(of({ readOnly: true })).toEqual([
      { profile: 'daemon', readOnly: true },
      true,
      command('--network lan', '--read-only'),
    ]);
  });
});

describe('a command typed in one line', () => {
  it.each([
    ['/usr/bin/env  FOO=1 sleep 5', ['/usr/bin/env', 'FOO=1', 'sleep', '5']],
    ['sh -c "echo a b; sleep 1"', ['sh', '-c', 'echo a b; sleep 1']],
    [`sh -c 'echo "x"'`, ['sh', '-c', 'echo "x"']],
    ['a"b c"d', ['ab cd']],
  ])('%s', (line, words) => expect(splitWords(line)).toEqual(words));
});

it('the same jail from a terminal', () => {
  const full = { ...draft, address: '10.0.0.5', memory: '256M', boot: false, command: 'sh -c "sleep 1"' };
  const input = inputOf(full, null);
  expect(input && jailCommand(input, full)).toBe(
    "cellblock create web-1 --host h1 --network lan --ip 10.0.0.5 --memory 256M --no-boot -- sh -c 'sleep 1'",
  );
});

import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { recordedRun } from '../test/recorded-run.ts';
import { buildProgram } from './program.ts';

/** The verbs of release 1 with the options that scripts will rely on. */
const VERBS: [string, string[]][] = [
  ['up', ['--data', '--port', '--listen', '--url', '--cert', '--key', '--detach', '--no-agent']],
  ['down', []],
  ['status', []],
  ['agent run', ['--dashboard', '--token']],
  ['agent install', ['--dashboard', '--token']],
  ['agent purge', ['--yes']],
  ['agent answers', ['--row', '--mail']],
  ['agent hold', ['--reason']],
  ['agent unhold', []],
  ['dashboard ls', []],
  ['dashboard export', []],
  ['dashboard import', []],
  ['user ls', []],
  ['user invite', ['--role']],
  ['user role', []],
  ['user rm', []],
  ['token ls', []],
  ['token create', ['--role', '--expires']],
  ['token rm', []],
  ['host ls', []],
  ['host show', []],
  ['host approve', []],
  ['host check', []],
  ['host rm', []],
  ['answers', ['--row', '--mail']],
  ['host enroll', ['--name']],
  [
    'network create',
    ['--kind', '--subnet', '--nat', '--host', '--parent', '--gateway', '--no-wait', '--dry-run'],
  ],
  ['network ls', []],
  ['network show', []],
  ['network rm', []],
  ['pool create', ['--network', '--range', '--cooling']],
  ['pool ls', []],
  ['pool show', []],
  ['pool rm', []],
  ['pool reserve', ['--reason', '--until']],
  ['pool unreserve', []],
  [
    'create',
    [
      ...[
        '--host',
        '--root',
        '--ephemeral',
        '--network',
        '--ip',
        '--memory',
        '--cpus',
        '--pids',
        '--hostname',
      ],
      ...[
        '--profile',
        '--bind',
        '--overlay',
        '--tmpfs',
        '--mask',
        '--view',
        '--device',
        '--rlimit',
        '--writable',
      ],
      ...[
        '--dns',
        '--read-only',
        '--boot',
        '--no-boot',
        '--restart',
        '--stop-timeout',
        '--no-wait',
        '--dry-run',
      ],
    ],
  ],
  ['ls', ['--output']],
  ['show', []],
  ['start', ['--no-wait', '--dry-run']],
  ['stop', []],
  ['restart', []],
  ['logs', ['-f', '-n']],
  ['grant ls', ['--all']],
  ['grant see', ['--for']],
  ['grant revoke', ['--no-wait']],
  ['xray', ['--against', '--runs', '--last']],
  ['destroy', ['--yes', '--purge']],
  ['rm', ['--yes', '--purge']],
  ['restore', []],
  ['view', ['--prove', '--output']],
  ['profile ls', ['--output']],
  ['profile show', []],
  [
    'set',
    ['--profile', '--bind', '--device', '--memory', '--cpu-weight', '--io-read', '--no-wait', '--dry-run'],
  ],
  ['exec', ['-u', '-t']],
  ['console', []],
  ['image ls', ['--host']],
  ['image show', ['--host', '--verify']],
  ['image bootstrap', ['--host']],
  ['image pull', ['--host']],
  ['image upload', ['--host']],
  ['image rm', ['--host']],
  ['ip assign', ['--network', '--pool', '--interface', '--dry-run']],
  ['ip release', ['--force-unconfirmed', '--reason']],
  ['ip move', []],
  ['ip show', []],
  ['ip history', []],
  ['ip at', []],
  ['audit search', ['--filter', '--from', '--to']],
  ['audit show', []],
  ['plan', []],
  ['apply', ['--plan']],
  ['task ls', []],
  ['task show', []],
  ['task cancel', []],
];

test.each(VERBS)('cellblock %s is a verb, with its options', async (words, options) => {
  const help = await recordedRun([...words.split(' '), '--help']);
  expect(help).toMatchObject({ exitCode: 0, stderr: '' });
  expect(help.stdout).toContain(`Usage: cellblock ${words}`);
  for (const option of options) expect(help.stdout).toContain(option);
});

/** Verbs with something to do, as they are typed; a second name of a verb is a verb. */
function verbsOf(command: Command, before = ''): string[] {
  return command.commands.flatMap((each) => {
    const names = [each.name(), ...each.aliases()].map((name) => `${before}${name}`);
    return each.commands.length === 0 ? names : names.flatMap((name) => verbsOf(each, `${name} `));
  });
}

test('no verb is missing from the table', () => {
  const program = buildProgram({ terminal: {} as never, ended: () => {}, flagsOf: () => {} });
  expect(verbsOf(program).sort()).toEqual(VERBS.map(([words]) => words).sort());
});

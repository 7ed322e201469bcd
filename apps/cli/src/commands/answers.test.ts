import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AnswersRun } from '@cellblock/shared/answers/answer';
import { CLI_OUTPUT } from '@cellblock/shared/cli-output';
import type { AnswersView } from '@cellblock/shared/views/answers-view';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { dashboardOf, procedure, recordedRun, router } from '../../test/recorded-run.ts';
import { wardenSocketOf } from '../agent/connect-local-agent.ts';
import { EXIT } from '../exit-code.ts';

const HOST = { id: '6f2c1f2e-7c1b-4c58-9d9c-2f3c5a1f0b11', name: 'h1' };
const found = (evidence: string) => ({ asExpected: true, evidence });
const answers: AnswersRun['answers'] = [
  { row: 'M6', verdict: 'pass', reason: null, probe: found('EROFS'), control: found('written'), tookMs: 9 },
  { row: 'M7', verdict: 'skip', reason: 'ENOSYS', probe: null, control: null, tookMs: 1 },
];
const failed = {
  ...answers[0],
  row: 'M8',
  verdict: 'fail' as const,
  reason: 'The protection did not hold.',
} as AnswersRun['answers'][number];

let given: unknown;
let asked = 0;
let last: AnswersRun['answers'] = answers;
let hosts = [HOST];
const view = (count: number): AnswersView => ({
  host: HOST,
  testing: null,
  lost: false,
  run: {
    id: HOST.id,
    startedAt: '2026-11-22T13:00:00.000Z',
    endedAt: count === last.length ? '2026-11-22T13:00:12.500Z' : null,
    by: 'mira',
    kernel: '6.18.44',
    lab: false,
    asked: last.map(({ row }) => row),
    answers: last.slice(0, count),
    cutShort: null,
  },
});

let dashboard: Awaited<ReturnType<typeof dashboardOf>>;
beforeAll(async () => {
  const any = procedure.input((input) => input as never);
  dashboard = await dashboardOf(
    router({
      hosts: router({ list: any.query(() => hosts) }),
      answers: router({
        run: any.mutation(({ input }) => {
          given = input;
          asked = 0;
          return view(0);
        }),
        show: any.query(() => view(Math.min(++asked, last.length))),
      }),
    }),
  );
});
afterAll(() => dashboard.close());
beforeEach(() => {
  last = answers;
  hosts = [HOST];
});

test('each row is printed as it is answered, with its reason, its evidence and its control', async () => {
  const { exitCode, stdout, stderr } = await dashboard.run(['answers', 'h1']);
  expect(stdout).toBe('M6\tpass\t-\tEROFS\twritten\nM7\tskip\tENOSYS\t-\t-\n');
  expect(stderr).toContain('1 pass, 0 fail, 1 skip on host h1, kernel 6.18.44, in 12.5 s.');
  expect(exitCode).toBe(0);
});

test('rows and mails are sent as they are meant, and the only host need not be named', async () => {
  await dashboard.run(['answers', '--row', 'm6', '--row', 'C2', '--mail', 'k']);
  expect(given).toEqual({ rows: ['M6', 'C2'], mails: ['K'], host: 'h1' });
});

test('with several hosts one has to be named', async () => {
  hosts = [HOST, { ...HOST, name: 'h2' }];
  const { exitCode, stderr } = await dashboard.run(['answers']);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('h1, h2');
});

test('a host that is named is never answered for by this one; where none is, this one stands in', async () => {
  const away = mkdtempSync(path.join(tmpdir(), 'cellblock-answers-'));
  mkdirSync(path.dirname(wardenSocketOf(away)), { recursive: true });
  writeFileSync(wardenSocketOf(away), '');
  const standsIn = 'this is from the agent on this host';
  try {
    const named = await recordedRun(['--data', away, 'answers', 'h2']);
    expect(named.exitCode).toBe(EXIT.unreachable);
    expect(named.stderr).not.toContain(standsIn);
    expect((await recordedRun(['--data', away, 'answers'])).stderr).toContain(standsIn);
  } finally {
    rmSync(away, { recursive: true });
  }
});

test('a row that fails ends with 1, and a person reads why', async () => {
  last = [...answers, failed];
  const { exitCode, stdout } = await dashboard.run(['answers', 'h1'], { tty: true, env: { NO_COLOR: '1' } });
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^M8 {3}fail {2}The root directory itself is read only/m);
  expect(stdout).toContain('reason   The protection did not hold.');
  expect(stdout).toContain('skip (ENOSYS)');
});

test('-o json prints the whole run, once it has ended', async () => {
  const { stdout } = await dashboard.run(['answers', 'h1', '-o', 'json']);
  expect(CLI_OUTPUT.answers.parse(JSON.parse(stdout)).answers).toEqual(answers);
});

test.each([
  ['--row', 'kernel', /M6/],
  ['--mail', 'Q', /--mail M/],
])('%s %s is refused with what there is', async (flag, value, fix) => {
  const { exitCode, stderr } = await dashboard.run(['answers', 'h1', flag, value]);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(fix);
});

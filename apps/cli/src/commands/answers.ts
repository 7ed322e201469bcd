import { type Answer, AnswersInput, type AnswersRun } from '@cellblock/shared/answers/answer';
import type { AnswersView } from '@cellblock/shared/views/answers-view';
import type { Command } from 'commander';
import { CliError, usageError } from '../cli-error.ts';
import type { Dashboard } from '../dashboard/procedures.ts';
import { EXIT } from '../exit-code.ts';
import { wantsColour } from '../output/colour.ts';
import type { Run } from '../run.ts';
import { followed } from '../subscription.ts';
import { answerLines, answerRow, answersSummary } from '../tables/answer-lines.ts';
import { type Cli, repeated, verb } from '../verb.ts';

const ASK_EVERY_MS = 300;

interface Which {
  row?: string[];
  mail?: string[];
}

const WHICH_FLAGS = { rows: '--row', mails: '--mail' };
const withWhich = (command: Command) =>
  command
    .option('--row <id>', 'only this row, as M6; may be given several times', repeated)
    .option(
      '--mail <letter>',
      'only the rows of this mail: K, M, H, W or C; may be given several times',
      repeated,
    );

/** Every sentence of the founding mails, tested live on a host, each beside its control. */
export function answersVerb(cli: Cli, program: Command): void {
  verb<Which>(
    cli,
    program,
    'answers [host]',
    'test every sentence of the founding mails on a host, each beside its control',
    { flags: { ...WHICH_FLAGS, host: '[host]' } },
    withWhich,
    async (run, options, [name]) => {
      const input = whichRows(options);
      const begin = async (dashboard: Dashboard, host: string) =>
        await dashboard.answers.run.mutate({ ...input, host });
      // The agent here is not the host that was named, or need not be.
      if (name !== undefined) return await followDashboard(run, await begin(run.dashboard, name));
      // Once the dashboard has begun, a second run is never what was asked for, whatever becomes of it.
      const begun = await run.dashboardOrAgent<AnswersView | null>(
        async (dashboard) => await begin(dashboard, await onlyHost(dashboard)),
        async () => null,
      );
      return begun === null ? await runAtAgent(run, input) : await followDashboard(run, begun);
    },
  );
}

/** The same on this host, asked of its agent: the dashboard may be off. */
export function agentAnswersVerb(cli: Cli, agent: Command): void {
  verb<Which>(
    cli,
    agent,
    'answers',
    'test every sentence of the founding mails on this host, with the dashboard or without',
    { flags: WHICH_FLAGS },
    withWhich,
    (run, options) => runAtAgent(run, whichRows(options)),
  );
}

function whichRows(options: Which): AnswersInput {
  const parsed = AnswersInput.safeParse({
    rows: (options.row ?? []).map((id) => id.toUpperCase()),
    mails: (options.mail ?? []).map((letter) => letter.toUpperCase()),
  });
  if (parsed.success) return parsed.data;
  const field = parsed.error.issues[0]?.path[0] === 'mails' ? '--mail' : '--row';
  throw usageError({
    field,
    message: `${(field === '--mail' ? options.mail : options.row)?.join(', ')} is not known.`,
    cause:
      field === '--mail'
        ? 'The mails are K (1998), M (2004), H (2005), W (2013), C (2014) and X, what holds for all of them.'
        : 'A row is the letter of its mail and a number.',
    fix: field === '--mail' ? 'cellblock answers --mail M' : 'cellblock answers --row M6',
  });
}

async function onlyHost(dashboard: Dashboard): Promise<string> {
  const hosts = await dashboard.hosts.list.query();
  const [only] = hosts;
  if (only && hosts.length === 1) return only.name;
  throw usageError({
    field: '[host]',
    message: 'On which host?',
    cause: `This fleet has ${hosts.length}: ${hosts.map(({ name }) => name).join(', ') || 'none yet'}.`,
    fix: `cellblock answers ${only?.name ?? 'HOST'}`,
  });
}

async function followDashboard(run: Run, begun: AnswersView): Promise<number> {
  let view = begun;
  let told = 0;
  for (;;) {
    const { run: now, host } = view;
    if (now === null)
      throw gone('the dashboard', 'It no longer knows of the run that it has begun: the host was removed.');
    for (; told < now.answers.length; told += 1) tell(run, now.answers[told] as Answer);
    if (now.endedAt !== null) return finish(run, now, `host ${host.name}`);
    if (view.lost)
      return finish(run, { ...now, cutShort: 'Nothing more was heard of it.' }, `host ${host.name}`);
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
    view = await run.dashboard.answers.show.query({ host: host.id });
  }
}

async function runAtAgent(run: Run, input: AnswersInput): Promise<number> {
  let ended: AnswersRun | null = null;
  const by = `root${run.terminal.env.SUDO_USER ? ` (${run.terminal.env.SUDO_USER})` : ''} on this host`;
  await followed(run.localAgent.answers.run, { ...input, by }, (event) => {
    if (event.type === 'answer') tell(run, event.answer);
    if (event.type === 'ended') ended = event.run;
  });
  if (ended === null)
    throw gone(
      'the agent',
      'It hung up before it said how the run has ended: it was stopped, or is being updated.',
    );
  return finish(run, ended, 'this host');
}

/** Each answer as it comes, unless the whole is printed in the end. */
function tell(run: Run, answer: Answer): void {
  const { output } = run.options;
  const { stdout } = run.terminal;
  if (output === 'json' || output === 'yaml') return;
  if (output === 'name') stdout.write(`${answer.row}\n`);
  else if (output === undefined && stdout.isTTY !== true) stdout.write(answerRow(answer));
  else stdout.write(answerLines(answer, wantsColour(run.terminal)));
}

function finish(run: Run, ended: AnswersRun, where: string): number {
  const { output } = run.options;
  if (output === 'json' || output === 'yaml') run.print({ data: ended, headings: [], rows: [], names: [] });
  run.say(answersSummary(ended, where));
  const good = ended.cutShort === null && ended.answers.every(({ verdict }) => verdict !== 'fail');
  return good ? EXIT.done : EXIT.failed;
}

function gone(who: string, cause: string): CliError {
  return new CliError(EXIT.unreachable, {
    message: `How the answers ended is not known: ${who} did not say.`,
    cause,
    fix: 'Ask again: cellblock answers; what a run made is taken away by the agent, whatever became of it.',
  });
}

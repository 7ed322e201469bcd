import type { Command } from 'commander';
import { taskDetail, taskRows } from '../tables/task-table.ts';
import { type Cli, verb } from '../verb.ts';

export function taskVerbs(cli: Cli, program: Command): void {
  const task = program.command('task').description('what was asked for and how far it is');
  const flags = { task: '<task>' };

  verb(cli, task, 'ls', 'list tasks', {}, same, async (run) => {
    run.print(taskRows(await run.dashboard.tasks.list.query({}), run.terminal.now()));
    return 0;
  });
  verb(
    cli,
    task,
    'show <task>',
    'one task with the steps that the host reports',
    { flags },
    same,
    async (run, _, [id = '']) => {
      const view = await run.dashboard.tasks.get.query({ task: id });
      run.print(taskDetail(view));
      run.say(
        `${view.id} ${view.kind} ${view.object.name}: ${view.state}${view.message ? `, ${view.message}` : ''}`,
      );
      return 0;
    },
  );
  verb(
    cli,
    task,
    'cancel <task>',
    'take back a change that waits; what cannot be brought back says why',
    { flags },
    same,
    async (run, _, [id = '']) => {
      await run.dashboard.tasks.cancel.mutate({ task: id });
      run.say(`${id} is canceled`);
      return 0;
    },
  );
}

const same = (command: Command) => command;

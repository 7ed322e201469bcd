import { readFileSync } from 'node:fs';
import type { CliDocumentsApplied, CliDocumentsPlan } from '@cellblock/shared/cli-output';
import { ApplyDocument } from '@cellblock/shared/document';
import { TASK_FINAL } from '@cellblock/shared/views/task-view';
import type { Command } from 'commander';
import { parseAllDocuments } from 'yaml';
import { usageError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { Printable } from '../output/print.ts';
import { refusalAndExit, renderRefusal } from '../output/render-error.ts';
import type { Run } from '../run.ts';
import { demandApplied, waitForTask } from '../settle.ts';
import { type Cli, verb } from '../verb.ts';

export function documentVerbs(cli: Cli, program: Command): void {
  verb(cli, program, 'plan <file>', 'what apply would do', {}, same, async (run, _, [file = '']) => {
    return await plan(run, readDocuments(file));
  });
  verb<{ plan?: string }>(
    cli,
    program,
    'apply <file>',
    'make what FILE names so; it never destroys',
    { changes: true, flags: { plan: '--plan' } },
    (command) => command.option('--plan <hash>', 'only if the plan is still this one'),
    async (run, options, [file = '']) => {
      const documents = readDocuments(file);
      if (run.options.dryRun) return await plan(run, documents);
      const applied = await run.dashboard.documents.put.mutate({
        documents,
        ...(options.plan === undefined ? {} : { plan: options.plan }),
      });
      return await finished(run, applied);
    },
  );
}

async function plan(run: Run, documents: unknown[]): Promise<number> {
  const planned = await run.dashboard.documents.plan.mutate({ documents });
  run.print(planTable(planned));
  run.say(`plan ${planned.hash}`);
  const conflicts = planned.documents.flatMap((each) => each.plan?.conflicts ?? []);
  for (const conflict of conflicts) run.terminal.stderr.write(renderRefusal(conflict));
  return conflicts.length > 0 ? EXIT.conflict : 0;
}

/** Waits for every task; some failed of several is exit 7, the only one failed is its own code. */
async function finished(run: Run, applied: CliDocumentsApplied): Promise<number> {
  const codes: number[] = [];
  const documents = [];
  for (const each of applied.documents) {
    let { task } = each;
    if (task !== null && run.options.wait) {
      try {
        if (!TASK_FINAL.has(task.state)) task = await waitForTask(run, task);
        demandApplied(task);
      } catch (error) {
        const { refusal, exitCode } = refusalAndExit(error);
        run.terminal.stderr.write(renderRefusal(refusal));
        codes.push(exitCode);
      }
    }
    documents.push({ ...each, task });
  }
  run.print({
    data: { documents },
    headings: ['KIND', 'NAME', 'ACT', 'TASK', 'STATE'],
    rows: documents.map((each) => [
      each.kind,
      each.name,
      each.act,
      each.task?.id ?? '-',
      each.task?.state ?? 'applied',
    ]),
    names: documents.map((each) => each.name),
  });
  const [only] = codes;
  if (only === undefined) return 0;
  return documents.length > 1 ? EXIT.someFailed : only;
}

function planTable(planned: CliDocumentsPlan): Printable {
  return {
    data: planned,
    headings: ['KIND', 'NAME', 'ACT', 'CHANGES'],
    rows: planned.documents.map((each) => [each.kind, each.name, each.act, each.changes.join('; ') || '-']),
    names: [planned.hash],
  };
}

/** All documents of a YAML (or JSON) file, `-` for stdin; refused here when one is no document of ours. */
export function readDocuments(file: string): unknown[] {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw usageError(`FILE: ${file} cannot be read: ${(error as Error).message}`);
  }
  const parsed = parseAllDocuments(text);
  if ('empty' in parsed)
    throw usageError(`FILE: ${file} is empty.`, 'cellblock show J -o yaml prints a document.');
  return parsed.map((document, index) => {
    const [error] = document.errors;
    if (error !== undefined) throw usageError(`FILE: ${file} is not YAML: ${error.message.split('\n')[0]}`);
    const value: unknown = document.toJS();
    const checked = ApplyDocument.safeParse(value);
    if (checked.success) return value;
    const [issue] = checked.error.issues;
    const where = issue?.path.join('.') || 'document';
    throw usageError(`FILE: document ${index + 1} of ${file}, ${where}: ${issue?.message}`);
  });
}

const same = (command: Command) => command;

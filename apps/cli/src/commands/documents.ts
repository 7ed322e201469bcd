import { readFileSync } from 'node:fs';
import path from 'node:path';
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
import { unreadableFile } from '../unreadable-file.ts';
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
    throw unreadableFile(file, error);
  }
  const parsed = parseAllDocuments(text);
  if ('empty' in parsed) {
    throw usageError({
      field: 'FILE',
      message: `${file} is empty.`,
      cause: `No document was read from ${file === '-' ? 'stdin' : path.resolve(file)}.`,
      fix: `Have one printed: cellblock show JAIL -o yaml >${file === '-' ? 'jail.yaml' : file}`,
    });
  }
  return parsed.map((document, index) => {
    const [error] = document.errors;
    if (error !== undefined) {
      throw usageError({
        field: 'FILE',
        message: `${file} is not YAML.`,
        cause: error.message.split('\n')[0] ?? error.code,
        fix: 'Mend that line. How a document looks: cellblock show JAIL -o yaml',
      });
    }
    const value: unknown = document.toJS();
    const checked = ApplyDocument.safeParse(value);
    if (checked.success) return value;
    const [issue] = checked.error.issues;
    const where = issue?.path.join('.') || 'document';
    throw usageError({
      field: 'FILE',
      message: `Document ${index + 1} of ${file} is none of ours.`,
      cause: `${where}: ${issue?.message}`,
      fix: `Mend ${where} there. How a document looks: cellblock show JAIL -o yaml`,
    });
  });
}

const same = (command: Command) => command;

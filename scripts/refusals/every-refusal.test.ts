import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { APP_ERROR_CODES } from '../../packages/shared/src/app-error.ts';
import { type Construction, constructionsIn } from './constructions.ts';
import { WITHOUT_FIELD } from './without-field.ts';

const repository = path.join(import.meta.dirname, '../..');

/** Wherever a refusal that a person may be shown is made. */
const SOURCES = [
  'apps/agent/src',
  'apps/cli/src',
  'apps/web/src/server',
  'packages/native/lib',
  'packages/shared/src',
];

function found(directories: readonly string[], opening: RegExp): Construction[] {
  return directories.flatMap((directory) =>
    readdirSync(path.join(repository, directory), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !/\btest/.test(file))
      .map((file) => path.join(directory, file))
      .flatMap((file) => constructionsIn(file, readFileSync(path.join(repository, file), 'utf8'), opening)),
  );
}

/** The classes of refusals and whatever extends them. */
const CLASSES = ['AppError', 'CliError', 'HandshakeRefused'];
for (const { text } of found(SOURCES, /class \w+ extends \w+ \{/g)) {
  const [, name = '', parent = ''] = /class (\w+) extends (\w+)/.exec(text) ?? [];
  if (CLASSES.includes(parent)) CLASSES.push(name);
}

const REFUSALS = new RegExp(
  `new (${CLASSES.join('|')})\\(|(?<!function )usageError\\(|\\{\\s*code: '(${APP_ERROR_CODES.join('|')})',\\s*message\\b`,
  'g',
);

/** Errors without a cause and a fix: never in what speaks to a person. */
const PLAIN = /new Error\(/g;

/** Passes on a refusal that was made elsewhere, and was looked at there. */
const PASSES_ON = [
  /^new AppError\(\s*(\w+\.)*code,\s*(\w+\.)*message,\s*(more|(\w+\.)*(refusal|data)|\{ \.\.\.)/,
  /^new CliError\(\s*(exitCodeOf\([\w.]+\)|EXIT\.\w+|2),\s*([\w.]+|refusalAndExit\(error\)\.refusal)\)/,
];

const lacks = ({ text }: Construction, parts = ['cause', 'fix']) =>
  PASSES_ON.some((form) => form.test(text))
    ? []
    : parts.filter((part) => !new RegExp(`\\b${part}\\b(\\s*[,}]|:(?!\\s*(''|undefined|null)))`).test(text));

/** By which line of the list of those without a field a refusal is excused. */
const excuses = ({ where, text }: Construction) => {
  const file = where.slice(0, where.lastIndexOf(':'));
  return WITHOUT_FIELD.flatMap(({ said }) => said[file] ?? [])
    .filter((words) => text.includes(words))
    .map((words) => `${file}: ${words}`);
};

describe('every refusal', () => {
  const all = found(SOURCES, REFUSALS);

  it('is found in each of the sources, and the look at it can fail', () => {
    expect(all.length).toBeGreaterThan(200);
    for (const part of ['apps/agent/src', 'apps/cli/src', 'apps/web/src', 'packages/shared/src'])
      expect(all.some(({ where }) => where.startsWith(part))).toBe(true);
    const said = '`no $' + "{f('(')} for you`";
    const looked = (text: string) => constructionsIn('x.ts', text, REFUSALS).flatMap((each) => lacks(each));
    expect(looked(`throw new AppError('denied', ${said}, { field: 'a', fix: 'b' });`)).toEqual(['cause']);
    expect(looked(`throw usageError({ message: ${said}, cause: 'a' });`)).toEqual(['fix']);
    expect(looked(`return { code: 'internal', message: ${said} };`)).toEqual(['cause', 'fix']);
    expect(looked("throw usageError({ message: 'x', cause: '', fix });")).toEqual(['cause']);
    expect(looked('throw new CliError(EXIT.failed, task.refusal);')).toEqual([]);
  });

  it.each(all.map((each) => [each.where, each] as const))('%s has a cause and a fix', (_, each) => {
    expect(lacks(each), each.text).toEqual([]);
  });

  it('is told from one without a field', () => {
    const looked = (text: string) =>
      constructionsIn('x.ts', text, REFUSALS).flatMap((each) => lacks(each, ['field']));
    expect(looked("throw new AppError('denied', 'no field', { cause, fix });")).toEqual(['field']);
    expect(looked('throw usageError({ field: undefined, message, cause, fix });')).toEqual(['field']);
    expect(looked("throw new AppError('denied', 'x', { field: 'jail', cause, fix });")).toEqual([]);
    expect(excuses({ where: 'x.ts:1', text: 'needs root.' })).toEqual([]);
  });

  it.each(all.map((each) => [each.where, each] as const))(
    '%s names a field, or why it has none',
    (_, each) => {
      if (lacks(each, ['field']).length > 0) expect(excuses(each), each.text).not.toEqual([]);
    },
  );

  it('is not excused from naming one when it names one, or when there is none', () => {
    const used = all.filter((each) => lacks(each, ['field']).length > 0).flatMap(excuses);
    const listed = WITHOUT_FIELD.flatMap(({ said }) =>
      Object.entries(said).flatMap(([file, each]) => each.map((words) => `${file}: ${words}`)),
    );
    expect(listed.filter((line) => !used.includes(line))).toEqual([]);
    expect(listed.length).toBe(new Set(listed).size);
  });
});

/** Those that somebody takes up before a person sees them, and what becomes of them. */
const TAKEN_UP: Record<string, string> = {
  "new Error('unshare made no user namespace')": 'a row of the answers is skipped with it',
  "new Error('told to stop')": 'the supervisor ends in order',
  "new Error('its answer is far too long')": 'the cause of "was not reached"',
  "new Error('no answer within 15 s')": 'the cause of "does not answer"',
  "new Error('the dashboard did not answer within 15 s')": 'asked again, or the cause of the refusal',
  "new Error('the dashboard answered with a frame that is no part of the handshake')": 'dialled again',
  "new Error(closed ? 'the connection closed' : 'the dashboard did not answer in time')": 'dialled again',
  "new Error('closed while connecting')": 'dialled again',
};

describe('an error without a cause and a fix', () => {
  const all = found(['apps/agent/src', 'apps/cli/src', 'packages/native/lib'], PLAIN);

  it.each(all.map((each) => [each.where, each.text] as const))('%s reaches no person', (_, text) => {
    expect(TAKEN_UP).toHaveProperty([text]);
  });

  it('is not excused when there is none', () => {
    expect(Object.keys(TAKEN_UP).filter((text) => !all.some((each) => each.text === text))).toEqual([]);
  });
});

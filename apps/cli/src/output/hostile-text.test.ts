import { PassThrough } from 'node:stream';
import { hasActiveText } from '@cellblock/shared/inert-text';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Terminal } from '../terminal.ts';
import { FORMATS, type Format, print } from './print.ts';
import { renderRefusal } from './render-error.ts';

// Names, details and messages come from jails and from hosts: nothing of them may be obeyed by the terminal that they
// are printed on, or by whatever a printed file is opened with (security.md 2.2, 136 and 137).

const HOSTILE = [
  '\u001b]52;c;ZWNobyBvd25lZA==\u0007',
  '\u001b]8;;http://evil.example\u0007click\u001b]8;;\u0007',
  '\u009b2J\u001bP$q"p\u001b\\',
  'user\u202etxt.exe \u2066a\u2069 \u200f\u061c\u200b',
  'ok\nweb2  running\r\u2028forged',
  'a\u0000b\ud800\ufeff\b',
  '\tindented\u007f',
];

function printed(format: Format | undefined, isTTY: boolean, text: string): string {
  const stdout = Object.assign(new PassThrough(), { isTTY });
  const terminal = {
    stdin: new PassThrough(),
    stdout,
    stderr: new PassThrough(),
    env: { NO_COLOR: '1' },
    uid: 0,
    now: () => new Date(0),
  } satisfies Terminal;
  print(terminal, format, {
    data: [{ name: text, deep: { list: [text] } }],
    headings: ['NAME', 'DETAIL'],
    rows: [[text, text]],
    names: [text],
  });
  return String(stdout.read() ?? '');
}

describe.each(HOSTILE.map((text) => [JSON.stringify(text), text]))('%s', (_, text) => {
  test.each([...FORMATS, undefined])('as %s moves, turns and forges nothing', (format) => {
    for (const isTTY of [true, false]) {
      const out = printed(format, isTTY, text);
      expect(hasActiveText(out.replace(/[\n\t]/g, ''))).toBe(false);
      if (format === 'name') expect(out.split('\n')).toHaveLength(2);
      if (format === undefined && !isTTY) expect(out).toMatch(/^[^\t\n]*\t[^\t\n]*\n$/);
    }
  });

  test('is read again from JSON and YAML as it was', () => {
    const was = [{ name: text, deep: { list: [text] } }];
    expect(JSON.parse(printed('json', false, text))).toEqual(was);
    expect(parse(printed('yaml', false, text))).toEqual(was);
  });

  test('in a refusal forges no line of ours', () => {
    const out = renderRefusal({ message: `Jail ${text} is gone.`, cause: text, fix: text });
    expect(hasActiveText(out.replaceAll('\n', ''))).toBe(false);
    for (const line of out.trimEnd().split('\n').slice(1)) expect(line).toMatch(/^ {2,}/);
  });
});

test('control: unguarded, each of them is obeyed', () => {
  for (const text of HOSTILE) expect(hasActiveText(text.replaceAll('\n', ''))).toBe(true);
});

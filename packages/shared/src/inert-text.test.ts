import { expect, test } from 'vitest';
import { hasActiveText, inertJson, inertText } from './inert-text.ts';

/** What a jail may put into a name, a log line or an exit message (security.md 2.2, 136). */
export const HOSTILE_TEXTS: [string, string][] = [
  ['a colour', '\u001b[31mred'],
  ['a title', '\u001b]0;owned\u0007'],
  ['a link (OSC 8)', '\u001b]8;;http://evil.example\u0007click\u001b]8;;\u0007'],
  ['the clipboard (OSC 52)', '\u001b]52;c;ZWNobyBvd25lZA==\u0007'],
  ['a device control string', '\u001bP$q"p\u001b\\'],
  ['a C1 sequence', '\u009b31mred'],
  ['text that turns', 'user\u202etxt.exe'],
  ['isolates', '\u2066a\u2069'],
  ['a mark that turns', 'a\u200fb\u061c'],
  ['characters of no width', 'ad\u200bmin\u2060'],
  ['a line that forges another', 'ok\r2026-08-03 otto destroyed web1'],
  ['line separators', 'a\u2028b\u2029c'],
  ['NUL', 'a\u0000b'],
  ['half a character', 'a\ud800b'],
  ['a byte order mark', '\ufeffa'],
  ['tags', 'a\u{e0041}'],
  ['back space', 'evil\b\b\b\bgood'],
];

test.each(HOSTILE_TEXTS)('%s is shown, and not obeyed', (_, text) => {
  expect(hasActiveText(text)).toBe(true);
  expect(hasActiveText(inertText(text))).toBe(false);
});

test.each(HOSTILE_TEXTS)('%s is in JSON what it was, and nothing that is obeyed', (_, text) => {
  const json = inertJson(JSON.stringify({ text }, null, 2));
  expect(hasActiveText(json.replaceAll('\n', ''))).toBe(false);
  expect(JSON.parse(json)).toEqual({ text });
});

test('what is plain stays as it is', () => {
  for (const text of ['naïve 日本 é — ok', '<script>alert(1)</script>', "=cmd|' /C calc'!A0"])
    expect(inertText(text)).toBe(text);
});

import { expect, test } from 'vitest';
import { withoutQueries } from './without-queries.ts';

const cleaned = (text: string) => Buffer.from(withoutQueries(Buffer.from(text))).toString();

test.each([
  ['who are you', '\u0005'],
  ['device attributes', '\u001b[c\u001b[0c\u001b[>c\u001b[>0c\u001b[=c\u001bZ'],
  ['status and cursor', '\u001b[5n\u001b[6n\u001b[?6n\u001b[?996n'],
  ['modes, version and keys', '\u001b[?2026$p\u001b[4$p\u001b[>q\u001b[>0q\u001b[?u'],
  ['window and title', '\u001b[14t\u001b[18t\u001b[14;2t\u001b[21t'],
  ['capabilities and settings', '\u001bP+q544e\u001b\\\u001bP$qm\u001b\\'],
  ['colours', '\u001b]11;?\u001b\\\u001b]10;?\u0007\u001b]4;1;?\u0007'],
  ['clipboard', '\u001b]52;c;?\u0007'],
])('a terminal is not asked again for its %s', (_, asked) => {
  expect(cleaned(`before${asked}after`)).toBe('beforeafter');
});

test('what it is to show is all there, byte for byte', () => {
  const shown =
    '\u001b[2J\u001b[1;5H\u001b[31mlogin: \u001b[0m\u001b[?25l\u001b[?1049h\u001b[22;0;0t\u001b[2 q\u001b[!p\u001b[4;24r\u001b]0;title?\u0007é€ü\r\nan c, an n';
  expect(cleaned(shown)).toBe(shown);
  const bytes = Uint8Array.from({ length: 251 }, (_, n) => n + 5).filter((n) => n !== 5);
  expect(Buffer.from(withoutQueries(bytes))).toEqual(Buffer.from(bytes));
});

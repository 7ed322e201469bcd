import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { shellWords } from './shell-words.ts';

test('a shell reads back what was shown', () => {
  const words = ['/usr/bin/perl', '-e', 'print "it\'s $x\n"; exit', '', '*', 'a b', '--k=v'];
  const read = execFileSync('sh', ['-c', `printf '%s\\0' ${shellWords(words)}`], { encoding: 'utf8' });
  expect(read.split('\0').slice(0, -1)).toEqual(words);
});

test('a plain command stays as it is', () => {
  expect(shellWords(['/usr/bin/sleep', '60'])).toBe('/usr/bin/sleep 60');
});

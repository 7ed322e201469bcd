import { expect, test } from 'vitest';
import { downloadName } from './download-name.ts';

test.each([
  ['/etc/hosts', 'hosts'],
  ['/srv/größe 1.tar.gz', 'größe 1.tar.gz'],
  ['/', 'file'],
  ['/home/...', 'file'],
  ['/home/. .', 'file'],
  ['/home/.bashrc', '_bashrc'],
  ['/home/..\\..\\evil.exe', '__.._evil.exe'],
  ['/home/a<b>"c:d|e?f*', 'a_b__c_d_e_f_'],
  ['/home/line\nend', 'line_u{a}end'],
  ['/home/gpj.\u202eexe', 'gpj._u{202e}exe'],
  ['/home/CON.txt', '_CON.txt'],
  ['/home/console', 'console'],
  ['/home/trailing. ', 'trailing'],
  [`/home/${'x'.repeat(300)}`, 'x'.repeat(120)],
])('%j is kept as %j', (path, name) => {
  expect(downloadName(path)).toBe(name);
});

import { mkdirSync, readFileSync } from 'node:fs';
import net from 'node:net';
import { describe, expect, it } from 'vitest';
import { systemRefusal, systemWords } from './system-refusal.ts';

const thrownBy = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('it was not refused');
};

describe('a call that the system refused', () => {
  it('says what was being done to what, errno in words, and what to do', () => {
    expect(systemRefusal(thrownBy(() => readFileSync('/nowhere/at/all')))).toEqual({
      code: 'internal',
      message: '/nowhere/at/all: the system refused open.',
      cause: 'no such file or directory (ENOENT).',
      fix: 'See what is there: namei -l /nowhere/at/all; put it right, then run this again',
    });
    expect(systemRefusal(thrownBy(() => mkdirSync('/proc/self/exe/x')))).toMatchObject({
      cause: 'not a directory (ENOTDIR).',
    });
  });

  it('on a socket, whether somebody is there', async () => {
    const error = await new Promise((resolve) => net.connect('/nowhere.sock').on('error', resolve));
    expect(systemRefusal(error)).toMatchObject({
      message: '/nowhere.sock: the system refused connect.',
      fix: expect.stringContaining('cellblock up'),
    });
  });

  it.each(['ENOSPC', 'EROFS', 'EACCES', 'EMFILE', 'ENOMEM', 'EIO'])('%s has a command', (code) => {
    const error = Object.assign(new Error(`${code}: words, write`), { code, syscall: 'write' });
    expect(systemRefusal(error)).toMatchObject({
      cause: expect.stringContaining(`(${code}).`),
      fix: expect.stringMatching(/: \w+/),
    });
  });

  it('a step of our own on the kernel is named with its detail', () => {
    const step = 'remove control group web1';
    const error = Object.assign(new Error(`${step}: EBUSY (processes 41,42)`), { code: 'EBUSY', step });
    expect(systemRefusal(error)).toMatchObject({
      message: 'The system refused to remove control group web1.',
      cause: 'something uses it: processes 41,42 (EBUSY).',
    });
  });

  it('anything else is not taken for one', () => {
    for (const other of [new Error('x'), Object.assign(new Error('x'), { code: 'P1001' }), 'x', null])
      expect(systemRefusal(other)).toBeNull();
    expect(systemWords(new Error('plain'))).toBe('plain');
  });
});

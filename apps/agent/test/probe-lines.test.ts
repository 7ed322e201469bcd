import { expect, test } from 'vitest';
import {
  allHeld,
  attemptsInside,
  attemptsOutside,
  compared,
  theseBreak,
} from '../src/warden/answers/probe-lines.ts';
import { NotTried, Skipped } from '../src/warden/answers/row.ts';
import type { Stage } from '../src/warden/stage/stage.ts';
import type { StageJail } from '../src/warden/stage/stage-jail.ts';

const ends = (stdout: string) => async () => ({ stdout, stderr: 'ENOEXEC', code: 126, signal: null });
const jail = (stdout: string) => ({ exec: ends(stdout) }) as unknown as StageJail;
const host = (stdout: string) => ({ apart: ends(stdout), probePath: '/probe' }) as unknown as Stage;
const inside = (stdout: string) => attemptsInside(jail(stdout), { names: ['a', 'b'] });
const outside = (stdout: string) => attemptsOutside(host(stdout), { names: ['a', 'b'] });

test('a probe that does not run in the jail is no reason to skip; one that does not run on the host is', async () => {
  const inJail = await inside('').catch((error: unknown) => error);
  expect(inJail).toBeInstanceOf(NotTried);
  const onHost = await outside('').catch((error: unknown) => error);
  expect(onHost).toBeInstanceOf(Skipped);
  expect(onHost).toMatchObject({ message: 'the probe did not run: ENOEXEC' });
});

test('an attempt of which nothing was heard, or that got through, was not refused', async () => {
  const asked = ['a', 'b'];
  expect(allHeld(await inside('a\tHELD\tx\nb\tHELD\ty\n'), asked).asExpected).toBe(true);
  expect(allHeld(await inside('a\tHELD\tx\nb\tSKIP\tthe peer did not answer\n'), asked)).toEqual({
    asExpected: false,
    evidence: 'b (the peer did not answer)',
  });
  expect(allHeld(await inside('a\tHELD\tx\n'), asked)).toEqual({
    asExpected: false,
    evidence: 'b (not said)',
  });
  expect(allHeld(await inside('a\tHELD\tx\nb\tBREACH\ty\n'), asked).asExpected).toBe(false);
  expect(allHeld(await inside('a\tSKIP\tx\nb\tSKIP\ty\n'), asked).asExpected).toBe(false);
});

test('what this kernel leaves nothing to try of skips the row, and only that, and not where another attempt got through', async () => {
  const asked = ['abi-i386', 'bpf'];
  const absent = 'abi-i386\tSKIP\tended by signal 11\nbpf\tHELD\tEPERM\n';
  const outside = await attemptsOutside(host('bpf\tBREACH\tx\n'), { names: asked });
  for (const judged of [
    async () => allHeld(await inside(absent), asked),
    async () => compared(await inside(absent), outside, { asked, shown: ['bpf'] }),
  ])
    await expect(judged()).rejects.toThrow(
      new Skipped('Not all can be tried here: abi-i386 (ended by signal 11).'),
    );
  for (const said of [
    absent.replace('HELD', 'BREACH'),
    absent.replace('signal 11', 'signal 9'),
    'abi-i386\tHELD\tENOSYS\nbpf\tSKIP\tended by signal 11\n',
  ]) {
    expect(allHeld(await inside(said), asked).asExpected).toBe(false);
    expect(compared(await inside(said), outside, { asked, shown: ['bpf'] }).probe.asExpected).toBe(false);
  }
});

test('a control is one only when each of the named attempts gets through', async () => {
  const said = await outside('a\tBREACH\tx\nb\tHELD\ty\n');
  expect(theseBreak(said, ['a'])).toEqual({ asExpected: true, evidence: '1 of 2 get through: a (x)' });
  expect(theseBreak(said, ['a', 'b'])).toMatchObject({
    asExpected: false,
    evidence: expect.stringMatching(/b \(y\)/),
  });
  expect(theseBreak(said, []).asExpected).toBe(false);
});

test('of many attempts it is said how many are proven; too few prove nothing, and none skips the row', async () => {
  const asked = ['a', 'b'];
  const held = await inside('a\tHELD\tx\nb\tHELD\ty\n');
  const some = await outside('a\tBREACH\tdone\nb\tHELD\tno\n');
  const { probe, control } = compared(held, some, { asked, shown: ['a'] });
  expect(probe).toMatchObject({
    asExpected: true,
    evidence: expect.stringMatching(/^2 attempts, all refused, 1 of them proven/),
  });
  expect(control).toEqual({ asExpected: true, evidence: 'on the host 1 of 2 are done: a (done)' });
  expect(compared(held, some, { asked, shown: asked }).control.asExpected).toBe(false);
  const none = await outside('a\tHELD\tno\nb\tHELD\tno\n');
  expect(() => compared(held, none, { asked, shown: ['a'] })).toThrow(Skipped);
  const broken = await inside('a\tBREACH\tx\nb\tHELD\ty\n');
  expect(compared(broken, some, { asked, shown: ['a'] }).probe.asExpected).toBe(false);
});

import { expect, test } from 'vitest';
import { type Enrolment, enrolmentRefusal } from './enrolment-refusal.ts';

const now = new Date('2026-11-22T12:00:00Z');
const fresh: Enrolment = {
  name: null,
  createdBy: 'mira',
  createdAt: new Date('2026-11-22T11:50:00Z'),
  expiresAt: new Date('2026-11-22T12:05:00Z'),
  usedAt: null,
  usedBy: null,
};
const used = { usedAt: new Date('2026-11-22T11:55:00Z'), usedBy: 'h2' };
const late = { expiresAt: new Date('2026-11-22T11:59:59Z') };
const ask = (enrolment: Enrolment | null, knownAs: string | null = null, clock: Date | null = null) =>
  enrolmentRefusal(enrolment, { knownAs, clock }, now);

test('a fresh line enrols a machine that nobody knows, and does no harm to one that is known', () => {
  expect(ask(fresh)).toBeNull();
  expect(ask({ ...fresh, name: 'h3' })).toBeNull();
  expect(ask(fresh, 'h2')).toBeNull();
});

test('a line that was used says by whom and when; the host that used it may show it again', () => {
  expect(ask({ ...fresh, ...used })).toMatchObject({
    reason: 'token-used',
    message: 'This enrolment line was used at 2026-11-22T11:55:00.000Z by host h2.',
  });
  expect(ask({ ...fresh, ...used }, 'h3')).toMatchObject({ reason: 'token-used' });
  expect(ask({ ...fresh, ...used, ...late }, 'h2')).toBeNull();
});

test('a late line shows both clocks, where both are known', () => {
  const refusal = ask({ ...fresh, ...late }, null, new Date('2026-11-22T11:40:00Z'));
  expect(refusal?.reason).toBe('token-expired');
  expect(refusal?.message).toBe(
    "This enrolment line ended at 2026-11-22T11:59:59.000Z; the dashboard's clock says 2026-11-22T12:00:00.000Z, and this host's says 2026-11-22T11:40:00.000Z.",
  );
  expect(ask({ ...fresh, ...late })?.message).not.toContain("this host's");
});

test('a line for one host is refused on a machine that is another', () => {
  expect(ask({ ...fresh, name: 'h3' }, 'h2')).toMatchObject({
    reason: 'token-other-host',
    message:
      'This enrolment line is for host h3: mira made it at 2026-11-22T11:50:00.000Z. This machine is host h2.',
  });
  expect(ask({ ...fresh, name: 'h3' }, 'h3')).toBeNull();
});

test('a secret that is not ours is refused', () => {
  expect(ask(null)).toMatchObject({ reason: 'token-unknown' });
});

import { describe, expect, it } from 'vitest';
import { attentionOfAddresses } from './attention-of-addresses.ts';

const row = { address: '10.0.0.5', jail: 'web1', host: 'h1', wantedUntil: new Date(0), forcedBy: null };
const pool = (taken: number) => ({ id: 'p1', name: 'lan', network: 'lan', size: 10, taken });

describe('addresses that need attention', () => {
  it('are releasing, or were taken by force: that is worse', () => {
    expect(attentionOfAddresses([row, { ...row, forcedBy: 'mira' }], [])).toMatchObject([
      { rule: 'address.releasing', severity: 'warn', object: { name: '10.0.0.5' } },
      { rule: 'address.unconfirmed', severity: 'bad', text: expect.stringContaining('mira took 10.0.0.5') },
    ]);
  });

  it('a pool is nearly full from nine in ten, and full is worse', () => {
    const of = (taken: number) =>
      attentionOfAddresses([], [pool(taken)]).map(({ severity, text }) => `${severity}: ${text}`);
    expect(of(8)).toEqual([]);
    expect(of(9)).toEqual(['warn: pool lan of network lan has 1 of 10 addresses left']);
    expect(of(10)).toEqual(['bad: pool lan of network lan is full']);
  });
});

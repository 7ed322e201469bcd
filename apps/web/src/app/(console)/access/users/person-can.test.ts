import { expect, it } from 'vitest';
import { lastAdministrator } from './person-can.ts';

const mira = { id: '1', name: 'mira', role: 'admin' } as const;
const jon = { id: '2', name: 'jon', role: 'operator' } as const;

it('the last administrator stays one; an invite that was not used counts for nobody', () => {
  const invited = { id: null, name: 'ada', role: 'admin' } as const;
  expect(lastAdministrator(mira, [mira, jon, invited])).toContain('mira is the last administrator');
  expect(lastAdministrator(mira, [mira, { ...jon, role: 'admin' }])).toBeNull();
  expect(lastAdministrator(jon, [mira, jon])).toBeNull();
  expect(lastAdministrator(invited, [invited])).toBeNull();
});

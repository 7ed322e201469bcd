import { expect, test } from 'vitest';
import type { Check } from '../warden/checks/host-check.ts';
import { checkThisMachine } from './machine-check.ts';

const check = (verdict: 'have' | 'warn' | 'lack'): Check => ({
  id: 'kernel',
  title: 'Kernel new enough',
  look: async () => ({
    verdict,
    evidence: 'Linux 5.10.0',
    lost: 'no jail starts: idmapped mounts need Linux 5.12',
    fix: 'apt-get install linux-image-amd64 && reboot',
  }),
});

test('a machine on which no jail could run is refused, with what is lost and the command', async () => {
  await expect(checkThisMachine('/', [check('have'), check('lack')])).rejects.toMatchObject({
    message: 'Kernel new enough: this machine does not have it.',
    refusal: {
      code: 'invalid',
      cause: 'Linux 5.10.0; no jail starts: idmapped mounts need Linux 5.12',
      fix: 'apt-get install linux-image-amd64 && reboot',
    },
  });
});

test('what is merely worse does not stop the start', async () => {
  await checkThisMachine('/', [check('warn'), check('have')]);
});

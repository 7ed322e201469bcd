import { KernelError } from '@cellblock/native/kernel-error';
import { expect, onTestFinished, test } from 'vitest';
import { listFiles, readFileText } from '../src/warden/files/browse.ts';
import { verifyImage } from '../src/warden/images/verify-image.ts';
import { xrayJail } from '../src/warden/xray/xray-jail.ts';
import { FakeHost } from './fake-host.ts';
import { jailSpec } from './spec-builders.ts';

const DIGEST = `sha256:${'0'.repeat(64)}`;
const jail = jailSpec(1);

/** What a dashboard may ask for as often as it likes, how much of it is kept, and what each comes to here. */
test.each([
  ['verify', 5, 'no image', ({ host }: FakeHost) => verifyImage(host, DIGEST)],
  ['list', 40, 'does not run', (fake: FakeHost) => listFiles(fake, jail, '/')],
  ['read', 40, 'does not run', (fake: FakeHost) => readFileText(fake, jail, '/etc/passwd')],
  ['xray', 5, 'no namespace here', ({ host }: FakeHost) => xrayJail(host, jail, async () => null)],
])(
  'more to %s than a host keeps is refused, and afterwards it is asked for again',
  async (_, most, comes, ask) => {
    const fake = await FakeHost.open();
    onTestFinished(() => fake.close());
    fake.kernel.createNetns = async () => {
      throw new KernelError('no namespace here', 'ENOSPC', 28);
    };
    const asked = Array.from({ length: most + 3 }, () => ask(fake));
    const said = (await Promise.allSettled(asked)).map((one) => String('reason' in one && one.reason));
    expect(
      said.slice(0, most).every((text) => text.includes(comes)),
      said[0],
    ).toBe(true);
    expect(said.slice(most).map((text) => text.includes('Too many'))).toEqual([true, true, true]);
    await expect(ask(fake)).rejects.toThrow(comes);
  },
);

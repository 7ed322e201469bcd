import { hostSpec, type SpecObject } from '@cellblock/shared/host-spec';
import type { HostState } from '@cellblock/shared/host-state';
import { NO_LIMITS } from '@cellblock/shared/jail-limits';
import { plan } from '@cellblock/shared/plan/plan';
import { describeStep } from '@cellblock/shared/step';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FakeHost } from './fake-host.ts';
import { addressSpec, interfaceSpec, jailSpec, networkSpec } from './spec-builders.ts';

/** Which jail has an address, in one spec: nobody, or jail n; v4 and v6. */
const holders = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 6, maxLength: 6 });

const wish = fc.record({
  networks: fc.array(fc.record({ present: fc.boolean(), nat: fc.boolean() }), { minLength: 2, maxLength: 2 }),
  jails: fc.array(
    fc.record({
      wanted: fc.constantFrom('running', 'running', 'stopped', 'destroyed'),
      purge: fc.boolean(),
      startNumber: fc.integer({ min: 1, max: 2 }),
      pids: fc.option(fc.integer({ min: 2, max: 100 }), { nil: null }),
      files: fc.option(fc.integer({ min: 16, max: 64 }), { nil: undefined }),
    }),
    { minLength: 3, maxLength: 3 },
  ),
  holders,
});
type Wish = typeof wish extends fc.Arbitrary<infer T> ? T : never;

/** Jail 1 and 2 share a network, so that addresses can move between them; jail 3 is on the other. */
function objectsOf({ networks, jails, holders }: Wish): SpecObject[] {
  const nets = networks.map(({ present, nat }, n) =>
    networkSpec(n + 1, { wanted: present ? 'present' : 'absent', nat }),
  );
  const specs = jails.map(({ wanted, purge, startNumber, pids, files }, index) => {
    const n = index + 1;
    const network = nets[n === 3 ? 1 : 0];
    if (!network) throw new Error('no such network');
    return jailSpec(n, {
      wanted: wanted as 'running' | 'stopped' | 'destroyed',
      purge,
      startNumber,
      interfaces: [interfaceSpec(n, network)],
      settings: {
        root: { kind: 'dir', path: `/srv/root${n}` },
        limits: { ...NO_LIMITS, pids },
        resourceLimits: files === undefined ? {} : { nofile: files },
      },
    });
  });
  const addresses = holders.flatMap((holder, index): SpecObject[] =>
    specs.map((jail, at) => {
      const network = at === 2 ? 2 : 1;
      const text = index % 2 === 0 ? `10.77.${network}.${20 + index}` : `fd77:0:0:${network}::${20 + index}`;
      return addressSpec(index * 10 + at, jail, text, { wanted: holder === at + 1 ? 'present' : 'absent' });
    }),
  );
  return [...nets, ...specs, ...addresses];
}

const withoutTime = ({ at: _, jails, ...state }: HostState) => ({
  ...state,
  jails: jails.map(({ process, ...jail }) => ({
    ...jail,
    process: process && {
      state: process.state,
      startNumber: process.startNumber,
      resourceLimits: process.resourceLimits,
    },
  })),
});

async function onFakeHost(act: (fake: FakeHost) => Promise<void>): Promise<void> {
  const fake = await FakeHost.open();
  try {
    await act(fake);
  } finally {
    await fake.close();
  }
}

describe('any spec', () => {
  test('is made true in one pass, from nothing and from any other spec', async () => {
    await fc.assert(
      fc.asyncProperty(wish, wish, (first, second) =>
        onFakeHost(async (fake) => {
          for (const [at, one] of [first, second].entries()) {
            fake.spec = hostSpec(at + 1, objectsOf(one));
            const { failed } = await fake.pass();
            expect(failed).toEqual([]);
            expect(plan(fake.spec, await fake.observe()).map(describeStep)).toEqual([]);
          }
        }),
      ),
      { numRuns: 60 },
    );
  }, 60_000);

  test('is made true by the next pass, wherever the one before was cut short', async () => {
    await fc.assert(
      fc.asyncProperty(wish, wish, fc.nat(80), (first, second, cut) =>
        onFakeHost(async (fake) => {
          for (const [at, one] of [first, second].entries()) {
            fake.spec = hostSpec(at + 1, objectsOf(one));
            await fake.pass({ cut });
          }
          expect((await fake.pass()).failed).toEqual([]);
          expect(plan(fake.spec, await fake.observe()).map(describeStep)).toEqual([]);
        }),
      ),
      { numRuns: 40 },
    );
  }, 60_000);

  test('is the same when every step is done twice', async () => {
    await fc.assert(
      fc.asyncProperty(wish, wish, (first, second) =>
        onFakeHost((once) =>
          onFakeHost(async (twice) => {
            for (const [at, one] of [first, second].entries()) {
              once.spec = hostSpec(at + 1, objectsOf(one));
              twice.spec = once.spec;
              await once.pass();
              expect((await twice.pass({ times: 2 })).failed).toEqual([]);
            }
            expect(withoutTime(await twice.observe())).toEqual(withoutTime(await once.observe()));
          }),
        ),
      ),
      { numRuns: 30 },
    );
  }, 60_000);

  test('never lets two jails send from one address, at any moment of a pass', async () => {
    await fc.assert(
      fc.asyncProperty(wish, wish, (first, second) =>
        onFakeHost(async (fake) => {
          const { applyNft } = fake.kernel;
          fake.kernel.applyNft = async (o) => {
            await applyNft(o);
            const { guard } = await fake.observe();
            const routable = guard.addresses.filter(({ address }) => !address.startsWith('fe80:'));
            const addresses = routable.map(({ address }) => address);
            expect(new Set(addresses).size, 'an address with two ports').toBe(addresses.length);
          };
          for (const [at, one] of [first, second].entries()) {
            fake.spec = hostSpec(at + 1, objectsOf(one));
            expect((await fake.pass()).failed).toEqual([]);
          }
        }),
      ),
      { numRuns: 20 },
    );
  }, 60_000);
});

describe('a step that fails', () => {
  const lan = networkSpec(1);
  const [web1, web2] = [1, 2].map((n) =>
    jailSpec(n, {
      interfaces: [interfaceSpec(n, lan)],
      settings: { root: { kind: 'dir', path: `/srv/root${n}` } },
    }),
  );
  if (!web1 || !web2) throw new Error('no jails');

  test('skips the rest of its own jail only', () =>
    onFakeHost(async (fake) => {
      fake.kernel.failures.push({ step: new RegExp(`veth.*${'aaaaab'}`), code: 'ENOMEM', times: 1 });
      fake.spec = hostSpec(1, [lan, web1, web2]);
      const { failed } = await fake.pass();
      expect(failed.map(({ failure }) => failure?.code)).toEqual(['ENOMEM']);
      expect(fake.trees.running()).toHaveLength(1);
      expect((await fake.pass()).failed).toEqual([]);
      expect(fake.trees.running()).toHaveLength(2);
      expect(plan(fake.spec, await fake.observe())).toEqual([]);
    }));

  test('keeps an address from its next holder while it could not be taken from the last', () =>
    onFakeHost(async (fake) => {
      const from = addressSpec(1, web1, '10.77.1.9');
      fake.spec = hostSpec(1, [lan, web1, web2, from]);
      expect((await fake.pass()).failed).toEqual([]);

      fake.kernel.failures.push({
        step: /delete address 10\.77\.1\.9|remove address 10\.77\.1\.9/,
        code: 'EIO',
        times: 1,
      });
      const absent = { ...from, wanted: 'absent' as const };
      fake.spec = hostSpec(2, [lan, web1, web2, absent, addressSpec(2, web2, '10.77.1.9')]);
      expect((await fake.pass()).failed).toHaveLength(1);
      const half = await fake.observe();
      const carriers = half.jails.filter((jail) =>
        jail.netns?.addresses.some(({ prefix }) => prefix === '10.77.1.9/24'),
      );
      expect(carriers.map(({ key }) => key)).toEqual([web1.key]);
      expect((await fake.pass()).failed).toEqual([]);
      expect(plan(fake.spec, await fake.observe())).toEqual([]);
    }));
});

import { hostSpec, type SpecKey, type SpecObject, specKey } from '@cellblock/shared/host-spec';
import { emptyHostState } from '@cellblock/shared/host-state';
import { plan } from '@cellblock/shared/plan/plan';
import { expect, test } from 'vitest';
import { addressSpec, interfaceSpec, jailSpec, networkSpec } from '../../test/spec-builders.ts';
import type { AcceptedSpec } from './accepted-spec.ts';
import { type ConnectedSteps, connectedSteps } from './connected-steps.ts';
import { StartQueue, startsOnly } from './start-queue.ts';

const [lan, other] = [networkSpec(1), networkSpec(2)];
const [held, web, db] = [jailSpec(1), jailSpec(2, { interfaces: [interfaceSpec(2, lan)] }), jailSpec(3)];

function accepted(objects: SpecObject[], frozen: SpecObject[] = []): AcceptedSpec {
  return { spec: hostSpec(1, objects), frozen: new Set<SpecKey>(frozen.map(specKey)), refused: [] };
}

const setsOf = ({ spec }: AcceptedSpec) =>
  connectedSteps(spec, plan(spec, emptyHostState('0a1b2c3d', 'now'))).sets;

const jailOf = ({ members }: ConnectedSteps) => [...members][0] ?? '';

/** One turn, which jail 1 has until `end`; jails 2 and 3 wait behind it. */
async function line() {
  const first = accepted([lan, held, web, db]);
  let wanted: AcceptedSpec | null = first;
  let asked = 0;
  const queue = new StartQueue({
    most: 1,
    ask: async () => {
      asked += 1;
      return wanted;
    },
  });
  await queue.look();
  let end = () => {};
  const begun: string[] = [];
  const ends = setsOf(first).map((set, n) =>
    queue.run(set, first, async () => {
      begun.push(jailOf(set));
      if (n === 0)
        await new Promise<void>((resolve) => {
          end = resolve;
        });
    }),
  );
  await expect.poll(() => begun).toHaveLength(1);
  return {
    queue,
    begun,
    first,
    asked: () => asked,
    want: (next: AcceptedSpec | null) => {
      wanted = next;
    },
    end: async () => {
      end();
      return Promise.all(ends);
    },
  };
}

test('whoever waits begins at his turn, and nobody is asked while nothing changes', async () => {
  const { end, begun, asked } = await line();
  expect(await end()).toEqual([true, true, true]);
  expect(begun).toEqual([held, web, db].map(({ key }) => `jail ${key}`));
  expect(asked()).toBe(1);
});

const changes: [string, AcceptedSpec][] = [
  ['the jail', accepted([lan, held, { ...web, wanted: 'stopped' }, db])],
  ['an address of it', accepted([lan, held, web, db, addressSpec(1, web, '10.77.1.5')])],
  ['its network', accepted([{ ...lan, nat: true }, held, web, db])],
  ['what the host refuses of it', accepted([lan, held, web, db], [web])],
];
test.each(changes)('a change of %s gives it back, at the next look or at its turn', async (_, next) => {
  const looked = await line();
  looked.want(next);
  const { recalled } = await looked.queue.look();
  expect(recalled.map(jailOf)).toEqual([`jail ${web.key}`]);
  expect(await looked.end()).toEqual([true, false, true]);

  const turned = await line();
  turned.want(next);
  turned.queue.changed();
  expect(await turned.end()).toEqual([true, false, true]);
  expect(turned.begun).not.toContain(`jail ${web.key}`);
  // Who was asked before, and plans from it after, is not listened to any more.
  const [, late] = setsOf(turned.first);
  if (!late) throw new Error('no set');
  expect(await turned.queue.run(late, turned.first, async () => undefined)).toBe(false);
});

test('changes of others, as many as there may be, keep nobody from beginning', async () => {
  const { queue, want, end } = await line();
  for (let n = 10; n < 30; n += 1) {
    want(accepted([lan, other, held, web, db, jailSpec(n)]));
    queue.changed();
    expect((await queue.look()).recalled).toEqual([]);
    queue.changed();
  }
  expect(await end()).toEqual([true, true, true]);
});

test('nothing begins when nothing may be changed any more, or it is closed', async () => {
  const forbidden = await line();
  forbidden.want(null);
  forbidden.queue.changed();
  expect(await forbidden.end()).toEqual([true, false, false]);

  const closed = await line();
  closed.queue.close();
  expect(await closed.end()).toEqual([true, false, false]);
  expect(closed.begun).toHaveLength(1);
});

test('only what starts alone waits: an address that leaves a jail that runs does not', () => {
  const sets = setsOf(accepted([lan, held]));
  expect(sets.map(startsOnly)).toEqual([true]);
  const [start] = sets;
  if (!start) throw new Error('no set');
  const members = new Set([...start.members, `jail ${web.key}`]);
  expect(startsOnly({ ...start, members })).toBe(false);
});

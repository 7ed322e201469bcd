import { type HostSpec, hostSpec, type NetworkSpec, type SpecPutAnswer } from '@cellblock/shared/host-spec';
import { specDigest } from '@cellblock/shared/spec-digest';
import { describe, expect, it } from 'vitest';
import { SpecSender, specPut } from './spec-sender.ts';

const FROM = { dashboard: crypto.randomUUID(), epoch: crypto.randomUUID() };
const ids = [crypto.randomUUID(), crypto.randomUUID()] as const;

function network(id: string, name: string): NetworkSpec {
  return {
    kind: 'network',
    id,
    key: 'aaaaaa',
    name,
    cause: ids[0],
    wanted: 'present',
    parent: null,
    subnets: [{ prefix: '10.1.0.0/24', gateway: null }],
    nat: false,
  };
}

const one = hostSpec(1, [network(ids[0], 'a'), network(ids[1], 'b')]);
const two = hostSpec(2, [network(ids[0], 'a'), network(ids[1], 'c')]);
const three = hostSpec(3, [network(ids[1], 'c')]);

describe('what is sent', () => {
  it('is everything without a base', () => {
    expect(specPut(FROM, null, one)).toMatchObject({ base: null, generation: 1, removed: [] });
    expect(specPut(FROM, null, one).changed).toHaveLength(2);
  });
  it('is the one object that changed', () => {
    expect(specPut(FROM, one, two)).toMatchObject({ base: 1, changed: [{ name: 'c' }], removed: [] });
  });
  it('names what is gone, and the digest of what remains', () => {
    expect(specPut(FROM, two, three)).toMatchObject({
      changed: [],
      removed: [`network/${ids[0]}`],
      digest: specDigest(three.objects),
    });
  });
});

describe('a sender', () => {
  /** An agent that remembers generations as the real one does. */
  function sendTo(holds: { generation: number | null }) {
    const bases: (number | null)[] = [];
    const sender = new SpecSender(FROM, async (put): Promise<SpecPutAnswer> => {
      bases.push(put.base);
      if (put.base !== null && put.base !== holds.generation) {
        return { result: 'resync', generation: holds.generation, reason: 'another base' };
      }
      holds.generation = put.generation;
      return { result: 'accepted', generation: put.generation };
    });
    return { sender, bases };
  }

  it('sends differences once the agent has accepted all of it', async () => {
    const { sender, bases } = sendTo({ generation: null });
    for (const spec of [one, two, three]) await sender.send(spec);
    expect(bases).toEqual([null, 1, 2]);
  });

  it('sends all of it when the agent holds another generation', async () => {
    const holds = { generation: null as number | null };
    const { sender, bases } = sendTo(holds);
    await sender.send(one);
    holds.generation = 7;
    expect(await sender.send(two)).toEqual({ result: 'accepted', generation: 2 });
    expect(bases).toEqual([null, 1, null]);
  });

  it('does not take a refused spec for the next base', async () => {
    const answers: SpecPutAnswer[] = [{ result: 'frozen', generation: 9, reason: 'older generation' }];
    const bases: (number | null)[] = [];
    const sender = new SpecSender(FROM, async (put) => {
      bases.push(put.base);
      return answers.shift() ?? { result: 'accepted', generation: put.generation };
    });
    await sender.send(one);
    expect(sender.accepted).toBeNull();
    await sender.send(two);
    expect(bases).toEqual([null, null]);
  });
});

it('a spec is compared by what it says, not by the order of its fields', () => {
  const reordered: HostSpec = hostSpec(
    2,
    [...one.objects.values()].map(
      (object) => Object.fromEntries(Object.entries(object).reverse()) as NetworkSpec,
    ),
  );
  expect(specPut(FROM, one, reordered).changed).toEqual([]);
});

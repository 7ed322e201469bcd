import { ID_COUNT, type IdRanges } from '../id-ranges.ts';

/** What came of many claims. */
export interface RangesTried {
  claims: number;
  releases: number;
  /** how often the agents were started anew */
  restarts: number;
  /** claims of an id that another jail had at that moment */
  twice: number;
  /** jails that did not find their range again after a restart */
  lost: number;
}

const CLAIMS = 2_000;
const RESTART_EVERY = 100;
const RELEASES = 0.45;
const TURN = 50;

type Allocator = Pick<IdRanges, 'claim' | 'release' | 'baseOf'>;

/**
 * Two agents claim and give back ranges for thousands of jails in random order, and are started anew in between.
 * `open` gives the allocators of the two, as they are after a start.
 */
export async function claimMany(open: () => readonly [Allocator, Allocator]): Promise<RangesTried> {
  const held = new Map<string, { agent: 0 | 1; jailKey: string; base: number }>();
  const tried: RangesTried = { claims: 0, releases: 0, restarts: 0, twice: 0, lost: 0 };
  let allocators = open();
  const instance = (agent: 0 | 1) => `agent${agent}`;
  while (tried.claims < CLAIMS) {
    const agent = Math.random() < 0.5 ? 0 : 1;
    const one = anyOf(held);
    if (one !== undefined && Math.random() < RELEASES) {
      await allocators[one.agent].release({ instance: instance(one.agent), jailKey: one.jailKey });
      held.delete(one.jailKey);
      tried.releases += 1;
      continue;
    }
    const jailKey = `jail${tried.claims}`;
    const base = await allocators[agent].claim({ instance: instance(agent), jailKey, preferred: null });
    if ([...held.values()].some((other) => Math.abs(other.base - base) < ID_COUNT)) tried.twice += 1;
    held.set(jailKey, { agent, jailKey, base });
    tried.claims += 1;
    // It claims without a pause, and whoever runs it has more to do.
    if (tried.claims % TURN === 0) await new Promise((resolve) => setImmediate(resolve));
    if (tried.claims % RESTART_EVERY !== 0) continue;
    allocators = open();
    tried.restarts += 1;
    for (const each of held.values()) {
      const found = await allocators[each.agent].baseOf({
        instance: instance(each.agent),
        jailKey: each.jailKey,
      });
      if (found !== each.base) tried.lost += 1;
    }
  }
  return tried;
}

function anyOf<T>(held: ReadonlyMap<string, T>): T | undefined {
  return [...held.values()][Math.floor(Math.random() * held.size)];
}

export function toldOf({ claims, releases, restarts, twice, lost }: RangesTried): string {
  return `${claims} claims and ${releases} releases by two agents that were started anew ${restarts} times: ${twice} times an id twice, ${lost} times a range lost`;
}

import type { Kernel } from '../kernel.ts';
import { applyNftCommand, type NftChain, NftRefusal, type NftSet, type NftTable } from './nft-ruleset.ts';
import { parseNftText } from './nft-text.ts';
import { refuse, type World } from './world.ts';

type Options<Verb extends keyof Kernel> = Parameters<Kernel[Verb]>[0];

export function applyNft(world: World, o: Options<'applyNft'>) {
  const step = 'apply an nftables ruleset';
  const namespace = world.enter(o.netns, step);
  const commands = parseNftText(o.ruleset) ?? refuse(step, 'EINVAL', 'Error: syntax error');
  const next = structuredClone(namespace.nft);
  try {
    for (const command of commands) applyNftCommand(next, command);
  } catch (error) {
    if (error instanceof NftRefusal) refuse(step, error.code, error.message);
    throw error;
  }
  namespace.nft = next;
}

const one = <T>(list: T[]) => (list.length === 1 ? list[0] : list);

function describeSet(table: NftTable, set: NftSet) {
  const elements = [...set.elements.values()];
  return {
    [set.kind]: {
      family: table.family,
      name: set.name,
      table: table.name,
      type: one(set.keyTypes),
      handle: set.handle,
      ...(set.dataTypes ? { map: one(set.dataTypes) } : {}),
      ...(set.flags.length > 0 ? { flags: set.flags } : {}),
      ...(elements.length > 0
        ? { elem: elements.map(({ key, data }) => (set.kind === 'map' ? [key, data] : key)) }
        : {}),
    },
  };
}

function describeChain(table: NftTable, { name, handle, base }: NftChain) {
  return { chain: { family: table.family, table: table.name, name, handle, ...base } };
}

/** Rules come with handle and comment; their expressions are not translated, `expr` is left out. */
function describeRules(table: NftTable, chain: NftChain) {
  return chain.rules.map(({ handle, comment }) => ({
    rule: {
      family: table.family,
      table: table.name,
      chain: chain.name,
      handle,
      ...(comment === null ? {} : { comment }),
    },
  }));
}

export function listNftTable(world: World, o: Options<'listNftTable'>): unknown | null {
  const namespace = world.enter(o.netns, `nft list table ${o.family} ${o.table}`);
  const table = namespace.nft.tables.get(`${o.family} ${o.table}`);
  if (!table) return null;
  const parts = [...table.parts.values()];
  const chains = parts.filter((part) => part.kind === 'chain');
  const { family, name, handle, comment } = table;
  return structuredClone({
    nftables: [
      { metainfo: { version: 'fake', release_name: 'fake', json_schema_version: 1 } },
      { table: { family, name, handle, ...(comment === null ? {} : { comment }) } },
      ...parts.filter((part) => part.kind !== 'chain').map((set) => describeSet(table, set)),
      ...chains.map((chain) => describeChain(table, chain)),
      ...chains.flatMap((chain) => describeRules(table, chain)),
    ],
  });
}

export function listNftTables(
  world: World,
  o: Options<'listNftTables'>,
): { family: string; table: string }[] {
  const { nft } = world.enter(o.netns, 'nft list tables');
  return [...nft.tables.values()].map(({ family, name }) => ({ family, table: name }));
}

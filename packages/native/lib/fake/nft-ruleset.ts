import { type NftElement, type NftValue, parseElements } from './nft-elements.ts';
import type { NftCommand } from './nft-text.ts';

export interface NftChain {
  kind: 'chain';
  handle: number;
  name: string;
  /** type, hook, prio, policy of a base chain */
  base: Record<string, NftValue>;
  rules: { handle: number; text: string; comment: string | null }[];
}

export interface NftSet {
  kind: 'set' | 'map';
  handle: number;
  name: string;
  keyTypes: string[];
  dataTypes: string[] | null;
  flags: string[];
  elements: Map<string, NftElement>;
}

export interface NftTable {
  family: string;
  name: string;
  handle: number;
  comment: string | null;
  nextHandle: number;
  parts: Map<string, NftChain | NftSet>;
}

export interface NftRuleset {
  /** By `family name`. */
  tables: Map<string, NftTable>;
  nextHandle: number;
}

export function emptyRuleset(): NftRuleset {
  return { tables: new Map(), nextHandle: 1 };
}

/** Why a command is refused: errno as libnftables words it. */
export class NftRefusal extends Error {
  readonly code: string;
  constructor(code: string, detail: string) {
    super(detail);
    this.code = code;
  }
}

const FAMILIES = ['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev'];

function syntaxError(words: string[]): never {
  throw new NftRefusal('EINVAL', `Error: syntax error\n${words.join(' ')}`);
}
function missing(words: string[]): never {
  throw new NftRefusal(
    'ENOENT',
    `Error: Could not process rule: No such file or directory\n${words.join(' ')}`,
  );
}
function busy(words: string[]): never {
  throw new NftRefusal('EBUSY', `Error: Could not process rule: Device or resource busy\n${words.join(' ')}`);
}
function exists(words: string[]): never {
  throw new NftRefusal('EEXIST', `Error: Could not process rule: File exists\n${words.join(' ')}`);
}

const unquoted = (word: string) => (word.startsWith('"') ? word.slice(1, -1) : word);

/** Applies one command to a ruleset that the caller throws away when any is refused. */
export function applyNftCommand(ruleset: NftRuleset, command: NftCommand) {
  const words = [...command.words];
  const verbs = ['add', 'create', 'delete', 'flush', 'insert'];
  const verb = verbs.includes(words[0] ?? '') ? (words.shift() ?? '') : 'add';
  const noun = words.shift() ?? '';
  if (verb === 'flush' && noun === 'ruleset') return ruleset.tables.clear();
  const family = FAMILIES.includes(words[0] ?? '') ? (words.shift() ?? '') : 'ip';
  const table = words.shift();
  if (table === undefined) syntaxError(command.words);
  if (noun === 'table') return changeTable(ruleset, verb, family, table, command);
  const owner = ruleset.tables.get(`${family} ${table}`) ?? missing(command.words);
  changePart(owner, verb, noun, words, command);
}

function changeTable(ruleset: NftRuleset, verb: string, family: string, name: string, command: NftCommand) {
  const key = `${family} ${name}`;
  const found = ruleset.tables.get(key);
  if (verb === 'delete' || verb === 'flush') {
    if (!found) missing(command.words);
    if (verb === 'delete') ruleset.tables.delete(key);
    for (const part of found.parts.values()) if (verb === 'flush' && part.kind === 'chain') part.rules = [];
    return;
  }
  if (found && verb === 'create') exists(command.words);
  const handle = ruleset.nextHandle;
  const table = found ?? { family, name, handle, comment: null, nextHandle: 1, parts: new Map() };
  if (!found) ruleset.nextHandle += 1;
  ruleset.tables.set(key, table);
  // Everything a block names may be used by what stands before it
  const nouns = (command.block ?? []).filter((inner) =>
    ['chain', 'set', 'map'].includes(inner.words[0] ?? ''),
  );
  for (const inner of nouns) {
    const [noun = '', ...rest] = inner.words;
    const declarations = inner.block?.filter((line) => noun !== 'chain' || line.words[0] === 'type') ?? null;
    changePart(table, 'add', noun, rest, { words: inner.words, block: declarations });
  }
  for (const inner of nouns.filter((one) => one.words[0] === 'chain')) {
    for (const rule of inner.block ?? []) {
      if (isDeclaration(rule.words)) continue;
      changePart(table, 'add', 'rule', [inner.words[1] ?? '', ...rule.words], rule);
    }
  }
  const comment = command.block?.find((inner) => inner.words[0] === 'comment');
  if (comment) table.comment = unquoted(comment.words[1] ?? '');
}

function isDeclaration(words: string[]): boolean {
  return ['type', 'policy', 'comment'].includes(words[0] ?? '') && words[1] !== '.';
}

function changePart(table: NftTable, verb: string, noun: string, rest: string[], command: NftCommand) {
  const [name, ...words] = rest;
  if (name === undefined) syntaxError(command.words);
  const part = table.parts.get(name);
  if (noun === 'element') return changeElements(table, part, verb, words, command);
  if (noun === 'rule') return changeRules(table, part, verb, words, command);
  if (noun !== 'chain' && noun !== 'set' && noun !== 'map') syntaxError(command.words);
  if (verb === 'delete' || verb === 'flush') {
    if (!part || (part.kind === 'chain') !== (noun === 'chain')) missing(command.words);
    if (verb === 'flush') {
      if (part.kind === 'chain') part.rules = [];
      else part.elements.clear();
      return;
    }
    if (isUsed(table, part) || (part.kind === 'chain' && part.rules.length > 0)) busy(command.words);
    table.parts.delete(name);
    return;
  }
  if (part && (verb === 'create' || part.kind !== noun)) exists(command.words);
  if (noun === 'chain') addChain(table, name, command);
  else addSet(table, noun, name, command);
}

function addChain(table: NftTable, name: string, { block }: NftCommand) {
  const base: NftChain['base'] = {};
  const lines = block?.map((line) => line.words) ?? [];
  const hooked = lines.find((line) => line[0] === 'type');
  if (hooked) {
    const after = (word: string) => hooked[hooked.indexOf(word) + 1];
    if (!hooked.includes('hook') || !hooked.includes('priority')) syntaxError(hooked);
    base.type = after('type') ?? '';
    base.hook = after('hook') ?? '';
    base.prio = Number(after('priority'));
    base.policy = lines.find((line) => line[0] === 'policy')?.[1] ?? 'accept';
  }
  if (table.parts.has(name)) return;
  table.parts.set(name, { kind: 'chain', handle: table.nextHandle++, name, base, rules: [] });
}

function addSet(table: NftTable, kind: 'set' | 'map', name: string, { words, block }: NftCommand) {
  const line = (word: string) => block?.find((one) => one.words[0] === word)?.words;
  const types = (line('type') ?? line('typeof'))?.slice(1);
  if (!types) syntaxError(words);
  const colon = types.indexOf(':');
  const split = (list: string[]) => list.join(' ').split(' . ');
  const dataTypes = colon < 0 ? null : split(types.slice(colon + 1));
  if ((kind === 'map') !== (dataTypes !== null)) syntaxError(words);
  const keyTypes = split(colon < 0 ? types : types.slice(0, colon));
  const flags = (line('flags') ?? []).slice(1).filter((word) => word !== ',');
  const fresh: NftSet = {
    kind,
    handle: table.nextHandle,
    name,
    keyTypes,
    dataTypes,
    flags,
    elements: new Map(),
  };
  const part = table.parts.get(name) ?? fresh;
  if (part === fresh) table.nextHandle += 1;
  table.parts.set(name, part);
  const elements = line('elements');
  if (elements) changeElements(table, part, 'add', elements.slice(2), { words: elements, block: null });
}

function changeElements(
  table: NftTable,
  part: NftChain | NftSet | undefined,
  verb: string,
  words: string[],
  command: NftCommand,
) {
  if (!part || part.kind === 'chain') missing(command.words);
  const elements = parseElements(words, part.keyTypes, part.dataTypes);
  if (!elements) syntaxError(command.words);
  for (const element of elements) {
    const key = JSON.stringify(element.key);
    const found = part.elements.get(key);
    if (verb === 'delete') {
      if (!part.elements.delete(key)) missing(command.words);
      continue;
    }
    if (part.kind === 'map' && element.data === null) syntaxError(command.words);
    const target = jumpTarget(element.data);
    if (target !== null && table.parts.get(target)?.kind !== 'chain') missing(command.words);
    const differs = found && JSON.stringify(found.data) !== JSON.stringify(element.data);
    if (found && (verb === 'create' || differs)) exists(command.words);
    part.elements.set(key, element);
  }
}

function jumpTarget(data: NftValue | null): string | null {
  const verdict = data as { jump?: { target: string }; goto?: { target: string } } | null;
  return verdict?.jump?.target ?? verdict?.goto?.target ?? null;
}

function changeRules(
  table: NftTable,
  chain: NftChain | NftSet | undefined,
  verb: string,
  words: string[],
  command: NftCommand,
) {
  if (chain?.kind !== 'chain') missing(command.words);
  if (verb === 'delete') {
    const at = chain.rules.findIndex((rule) => words[0] === 'handle' && String(rule.handle) === words[1]);
    if (at < 0) missing(command.words);
    chain.rules.splice(at, 1);
    return;
  }
  for (const [at, word] of words.entries()) {
    const target = words[at + 1] ?? '';
    if (
      word.startsWith('@') &&
      !/^@(ll|nh|th|ih)(,|$)/.test(word) &&
      table.parts.get(word.slice(1))?.kind === undefined
    )
      missing(command.words);
    const jumps = word === 'jump' || word === 'goto';
    if (jumps && table.parts.get(target)?.kind !== 'chain') missing(command.words);
  }
  const comment = words.indexOf('comment');
  const rule = {
    handle: table.nextHandle++,
    text: words.join(' '),
    comment: comment < 0 ? null : unquoted(words[comment + 1] ?? ''),
  };
  if (verb === 'insert') chain.rules.unshift(rule);
  else chain.rules.push(rule);
}

function isUsed(table: NftTable, part: NftChain | NftSet): boolean {
  const word =
    part.kind === 'chain' ? new RegExp(`(jump|goto) ${part.name}( |$)`) : new RegExp(`@${part.name}( |$)`);
  for (const one of table.parts.values()) {
    if (one.kind === 'chain' && one.rules.some((rule) => word.test(rule.text))) return true;
    if (one.kind !== 'map' || part.kind !== 'chain') continue;
    if ([...one.elements.values()].some(({ data }) => jumpTarget(data) === part.name)) return true;
  }
  return false;
}

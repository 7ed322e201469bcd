import { parseDuration } from './duration.ts';
import { parseIp, parsePrefix } from './ip-address.ts';
import { parseSize } from './size.ts';

/**
 * The one filter language of browser, API and command line:
 *
 *     query = { term }                  juxtaposition is AND
 *     term  = ["-"] ( field op value{,value} | text | "(" query {"OR" query} ")" )
 *     op    = : = != > >= < <= ~        ~ is a regular expression
 *     value = word | "quoted" | glob* | CIDR | 90% | 4GiB | 15m | 2026-11-22T14:00Z | now-6h | none
 */
export type FilterOp = ':' | '=' | '!=' | '>' | '>=' | '<' | '<=' | '~';

export type FilterNode =
  | { kind: 'and' | 'or'; of: FilterNode[] }
  | { kind: 'not'; of: FilterNode }
  | { kind: 'text'; text: string }
  | { kind: 'field'; field: string; op: FilterOp; values: string[] };

export interface FilterError {
  message: string;
  /** where in the text */
  at: number;
  length: number;
  /** what was probably meant */
  nearest: string | null;
}

export type ParsedFilter = { ok: true; filter: FilterNode } | { ok: false; error: FilterError };

/** What a field holds in a row: none, one or several values. */
export type FieldValue = string | number | Date | null | undefined | readonly string[];

/** The fields of a kind of row, by the names that people write. */
export type FilterFields<Row> = Readonly<Record<string, (row: Row) => FieldValue>>;

interface Token {
  kind: '(' | ')' | 'OR' | '-' | 'word';
  text: string;
  /** begins with a quote: never a field */
  quoted: boolean;
  at: number;
}

const OPS: readonly FilterOp[] = ['!=', '>=', '<=', ':', '=', '>', '<', '~'];

/** `fields`: the names that may be used; an unknown one is an error that offers the nearest. */
export function parseFilter(text: string, fields: readonly string[]): ParsedFilter {
  try {
    const parser = new Parser(tokensOf(text), fields, text);
    return { ok: true, filter: parser.all() };
  } catch (error) {
    if (error instanceof BadFilter) return { ok: false, error: error.error };
    throw error;
  }
}

class BadFilter extends Error {
  readonly error: FilterError;

  constructor(error: FilterError) {
    super(error.message);
    this.error = error;
  }
}

function fail(message: string, at: number, length: number, nearest: string | null = null): never {
  throw new BadFilter({ message, at, length, nearest });
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (/\s/.test(char)) {
      at += 1;
    } else if (char === '(' || char === ')') {
      tokens.push({ kind: char, text: char, quoted: false, at });
      at += 1;
    } else if (char === '-' && /\S/.test(text.charAt(at + 1))) {
      tokens.push({ kind: '-', text: char, quoted: false, at });
      at += 1;
    } else {
      const end = endOfWord(text, at);
      const word = text.slice(at, end);
      tokens.push({ kind: word === 'OR' ? 'OR' : 'word', text: word, quoted: char === '"', at });
      at = end;
    }
  }
  return tokens;
}

/** A word goes on until white space or a bracket outside of quotes. */
function endOfWord(text: string, from: number): number {
  let quotedAt: number | null = null;
  for (let at = from; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '"') quotedAt = quotedAt === null ? at : null;
    else if (quotedAt === null && /[\s()]/.test(char)) return at;
  }
  if (quotedAt !== null) fail('A quote is not closed.', quotedAt, text.length - quotedAt);
  return text.length;
}

class Parser {
  private readonly tokens: Token[];
  private readonly fields: readonly string[];
  private readonly source: string;
  private next = 0;

  constructor(tokens: Token[], fields: readonly string[], source: string) {
    this.tokens = tokens;
    this.fields = fields;
    this.source = source;
  }

  all(): FilterNode {
    const node = this.query();
    const left = this.tokens[this.next];
    if (left?.kind === ')') fail('A bracket is closed that was not opened.', left.at, 1);
    return node;
  }

  private query(): FilterNode {
    const branches = [this.conjunction()];
    while (this.tokens[this.next]?.kind === 'OR') {
      const or = this.tokens[this.next];
      this.next += 1;
      const branch = this.conjunction();
      if (branch.kind === 'and' && branch.of.length === 0) fail('Nothing follows OR.', or?.at ?? 0, 2);
      branches.push(branch);
    }
    const only = branches[0];
    return only && branches.length === 1 ? only : { kind: 'or', of: branches };
  }

  private conjunction(): FilterNode {
    const of: FilterNode[] = [];
    for (;;) {
      const token = this.tokens[this.next];
      if (!token || token.kind === ')' || token.kind === 'OR') break;
      of.push(this.term());
    }
    const only = of[0];
    return only && of.length === 1 ? only : { kind: 'and', of };
  }

  private term(): FilterNode {
    const token = this.tokens[this.next];
    if (!token) return fail('Something is missing at the end.', this.source.length, 0);
    this.next += 1;
    if (token.kind === '-') return { kind: 'not', of: this.term() };
    if (token.kind !== '(') return this.word(token);
    const inner = this.query();
    if (this.tokens[this.next]?.kind !== ')') fail('A bracket is not closed.', token.at, 1);
    this.next += 1;
    return inner;
  }

  private word(token: Token): FilterNode {
    const match = token.quoted
      ? null
      : /^([A-Za-z][A-Za-z0-9._-]*?)(!=|>=|<=|[:=><~])(.*)$/s.exec(token.text);
    const [, field = '', op = '', rest = ''] = match ?? [];
    // `fd00::5` and `12:30` are text: what stands before the colon of a field is a name.
    if (!match || parseIp(token.text).type !== 'error') return { kind: 'text', text: unquote(token.text) };
    if (!this.fields.includes(field)) {
      const nearest = nearestOf(field, this.fields);
      fail(`There is no field ${field}.`, token.at, field.length, nearest);
    }
    if (rest === '') fail(`${field}${op} needs a value.`, token.at, token.text.length);
    const values = op === '~' ? [unquote(rest)] : splitValues(rest).map(unquote);
    if (op === '~' && regularExpression(values[0] ?? '') === null)
      fail(`${rest} is no regular expression.`, token.at, token.text.length);
    return { kind: 'field', field, op: OPS.find((one) => one === op) ?? ':', values };
  }
}

function unquote(text: string): string {
  return text.replaceAll('"', '');
}

function splitValues(text: string): string[] {
  return text.match(/(?:"[^"]*"|[^,])+/g) ?? [];
}

function regularExpression(text: string): RegExp | null {
  try {
    return new RegExp(text, 'i');
  } catch {
    return null;
  }
}

function nearestOf(word: string, names: readonly string[]): string | null {
  const ranked = names.map((name) => ({ name, away: distance(word, name) })).sort((a, b) => a.away - b.away);
  const best = ranked[0];
  return best && best.away <= Math.max(2, word.length / 2) ? best.name : null;
}

/** Edits between two words (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, n) => n);
  for (let i = 1; i <= a.length; i += 1) {
    const before = row;
    row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (before[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(change, (before[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
  }
  return row[b.length] ?? 0;
}

/** Whether a row is meant. Text looks into every field; `now` is what `now-6h` counts from. */
export function matchesFilter<Row>(
  node: FilterNode,
  row: Row,
  fields: FilterFields<Row>,
  now: Date = new Date(),
): boolean {
  switch (node.kind) {
    case 'and':
      return node.of.every((part) => matchesFilter(part, row, fields, now));
    case 'or':
      return node.of.some((part) => matchesFilter(part, row, fields, now));
    case 'not':
      return !matchesFilter(node.of, row, fields, now);
    case 'text': {
      const wanted = node.text.toLowerCase();
      return Object.values(fields).some((read) =>
        listOf(read(row)).some((value) => textOf(value).toLowerCase().includes(wanted)),
      );
    }
    case 'field':
      return matchesField(node, listOf(fields[node.field]?.(row)), now);
  }
}

type Single = string | number | Date;

function listOf(value: FieldValue): Single[] {
  if (value === null || value === undefined || value === '') return [];
  if (typeof value === 'string' || typeof value === 'number' || value instanceof Date) return [value];
  return [...value];
}

function textOf(value: Single): string {
  return value instanceof Date ? value.toISOString() : String(value);
}

function matchesField(
  { op, values }: Extract<FilterNode, { kind: 'field' }>,
  held: readonly Single[],
  now: Date,
): boolean {
  switch (op) {
    case '!=':
      return !values.some((value) => isAmong(value, held, now));
    case ':':
    case '=':
      return values.some((value) => isAmong(value, held, now));
    case '~': {
      const pattern = regularExpression(values[0] ?? '');
      return held.some((value) => pattern?.test(textOf(value)));
    }
    default:
      return values.some((value) => held.some((one) => isOrdered(one, op, value, now)));
  }
}

function isAmong(wanted: string, held: readonly Single[], now: Date): boolean {
  if (wanted === 'none') return held.length === 0;
  return held.some((value) => isSame(value, wanted, now));
}

function isSame(value: Single, wanted: string, now: Date): boolean {
  if (typeof value === 'number') return value === numberOf(wanted);
  if (value instanceof Date) return value.getTime() === momentOf(wanted, now)?.getTime();
  if (wanted.includes('/')) {
    const prefix = parsePrefix(wanted);
    const ip = parseIp(value.split('/')[0] ?? '');
    if (prefix.type !== 'error' && ip.type !== 'error')
      return prefix.type === ip.type && ip.value >= prefix.first && ip.value <= prefix.last;
  }
  if (wanted.includes('*')) return glob(wanted).test(value);
  return value.toLowerCase() === wanted.toLowerCase();
}

function isOrdered(value: Single, op: '>' | '>=' | '<' | '<=', wanted: string, now: Date): boolean {
  let order: number;
  if (typeof value === 'number') order = value - (numberOf(wanted) ?? Number.NaN);
  else if (value instanceof Date) order = value.getTime() - (momentOf(wanted, now)?.getTime() ?? Number.NaN);
  else order = value < wanted ? -1 : value > wanted ? 1 : 0;
  if (Number.isNaN(order)) return false;
  if (op === '>') return order > 0;
  if (op === '>=') return order >= 0;
  return op === '<' ? order < 0 : order <= 0;
}

/** 90% is 0.9, 4GiB is bytes, 15m is milliseconds. */
function numberOf(text: string): number | null {
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (/^-?\d+(\.\d+)?%$/.test(text)) return Number(text.slice(0, -1)) / 100;
  return parseDuration(text) ?? parseSize(text);
}

/** ISO 8601, `now` and `now-6h`. */
export function momentOf(text: string, now: Date): Date | null {
  const relative = /^now(?:([+-])(\S+))?$/.exec(text);
  if (relative) {
    const span = relative[2] === undefined ? 0 : parseDuration(relative[2]);
    if (span === null) return null;
    return new Date(now.getTime() + (relative[1] === '-' ? -span : span));
  }
  const moment = new Date(text);
  return Number.isNaN(moment.getTime()) ? null : moment;
}

function glob(text: string): RegExp {
  const pattern = text
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${pattern}$`, 'i');
}

import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '@cellblock/shared/canonical-json';
import { Receipt, type ReceiptBody } from '@cellblock/shared/receipt';
import { writeDurably } from './durable-file.ts';

/** Receipts per file. A file is removed when the dashboard has all of it. */
const PER_FILE = 256;
const NOTHING_BEFORE = '0'.repeat(64);

export type ReceiptDraft = Omit<ReceiptBody, 'v' | 'host' | 'seq' | 'prev'>;

/**
 * What this host has done, signed and chained, until the dashboard has acknowledged it.
 *
 * Invariants: sequence numbers are dense; a receipt is on the disk before `append` resolves; appends are
 * made one after another, because each carries the hash of the one before.
 */
export class Receipts {
  readonly #directory: string;
  readonly #host: () => string;
  readonly #sign: (message: Buffer) => string;
  readonly #kept: Receipt[];
  #head: { seq: number; hash: string };
  #tail: Promise<unknown> = Promise.resolve();

  private constructor(o: {
    directory: string;
    host: () => string;
    sign: (message: Buffer) => string;
    kept: Receipt[];
    head: { seq: number; hash: string };
  }) {
    this.#directory = o.directory;
    this.#host = o.host;
    this.#sign = o.sign;
    this.#kept = o.kept;
    this.#head = o.head;
  }

  static async open(o: {
    directory: string;
    host: () => string;
    sign: (message: Buffer) => string;
  }): Promise<Receipts> {
    await mkdir(o.directory, { recursive: true, mode: 0o700 });
    const kept: Receipt[] = [];
    await dropCutLine(o.directory);
    const files = (await readdir(o.directory)).filter((name) => name.endsWith('.jsonl')).sort();
    for (const name of files) kept.push(...readLines(await readFile(join(o.directory, name), 'utf8')));
    const last = kept.at(-1);
    const head = last
      ? { seq: last.body.seq, hash: receiptHash(last.body) }
      : await readHead(join(o.directory, 'head.json'));
    return new Receipts({ ...o, kept, head });
  }

  /** Sequence number of the newest receipt; 0 before the first. */
  get newest(): number {
    return this.#head.seq;
  }

  /** Signs, chains and stores one receipt. Resolves when it is on the disk. */
  append(draft: ReceiptDraft): Promise<Receipt> {
    const appended = this.#tail.then(() => this.#append(draft));
    this.#tail = appended.catch(() => undefined);
    return appended;
  }

  async #append(draft: ReceiptDraft): Promise<Receipt> {
    // What has no JSON form would be signed as one thing and read back as another.
    const plain = JSON.parse(
      JSON.stringify({ before: null, after: null, ...dropUndefined(draft) }),
    ) as ReceiptDraft;
    const body: ReceiptBody = {
      v: 1,
      host: this.#host(),
      seq: this.#head.seq + 1,
      prev: this.#head.hash,
      ...plain,
    };
    const receipt: Receipt = { body, signature: this.#sign(Buffer.from(canonicalJson(body))) };
    const file = await open(join(this.#directory, fileOf(body.seq)), 'a', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(receipt)}\n`);
      await file.datasync();
    } finally {
      await file.close();
    }
    this.#head = { seq: body.seq, hash: receiptHash(body) };
    this.#kept.push(receipt);
    return receipt;
  }

  /** The oldest kept receipts with a greater sequence number. */
  after(seq: number, limit: number): Receipt[] {
    const from = this.#kept.findIndex((receipt) => receipt.body.seq > seq);
    return from < 0 ? [] : this.#kept.slice(from, from + limit);
  }

  /** The dashboard has everything up to `seq`: whole files below are removed, the chain's head is kept. */
  async acknowledge(seq: number): Promise<void> {
    await this.#tail;
    const upTo = Math.min(seq, this.#head.seq);
    await writeDurably(join(this.#directory, 'head.json'), JSON.stringify(this.#head));
    while (this.#kept[0] && lastOfFile(this.#kept[0].body.seq) <= upTo) {
      const file = fileOf(this.#kept[0].body.seq);
      while (this.#kept[0] && fileOf(this.#kept[0].body.seq) === file) this.#kept.shift();
      await rm(join(this.#directory, file), { force: true });
    }
  }
}

function dropUndefined(draft: ReceiptDraft): Partial<ReceiptDraft> {
  return Object.fromEntries(Object.entries(draft).filter(([, value]) => value !== undefined));
}

export function receiptHash(body: ReceiptBody): string {
  return createHash('sha256').update(canonicalJson(body)).digest('hex');
}

function fileOf(seq: number): string {
  return `${String(Math.floor((seq - 1) / PER_FILE)).padStart(8, '0')}.jsonl`;
}

function lastOfFile(seq: number): number {
  return (Math.floor((seq - 1) / PER_FILE) + 1) * PER_FILE;
}

/** A last line without its newline was cut by a crash before anybody was told of it. */
async function dropCutLine(directory: string): Promise<void> {
  const last = (await readdir(directory))
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .at(-1);
  if (last === undefined) return;
  const bytes = await readFile(join(directory, last));
  const whole = bytes.lastIndexOf(10) + 1;
  if (whole < bytes.length) await truncate(join(directory, last), whole);
}

function readLines(text: string): Receipt[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Receipt.parse(JSON.parse(line)));
}

async function readHead(path: string): Promise<{ seq: number; hash: string }> {
  const text = await readFile(path, 'utf8').catch(() => null);
  return text === null ? { seq: 0, hash: NOTHING_BEFORE } : JSON.parse(text);
}

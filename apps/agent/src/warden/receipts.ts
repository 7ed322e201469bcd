import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '@cellblock/shared/canonical-json';
import { Receipt, type ReceiptBody } from '@cellblock/shared/receipt';
import { readTextIfThere, writeDurably } from './durable-file.ts';

/** Receipts per file. A file is removed when the dashboard has all of it. */
const PER_FILE = 256;
/** That many wait in memory at most for a disk that takes nothing. Nothing is planned meanwhile, so what waits
 *  is what was under way. */
const MOST_OWED = 4_096;
const NOTHING_BEFORE = '0'.repeat(64);

interface Waiting {
  draft: ReceiptDraft;
  resolve: (receipt: Receipt) => void;
  reject: (error: unknown) => void;
}

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
  /** the first that may still be there */
  #oldest: number;
  #head: { seq: number; hash: string };
  /** where the newest one is, and how much of that file is known to be good */
  #file: { name: string; size: number };
  #tail: Promise<unknown> = Promise.resolve();
  readonly #waiting: Waiting[] = [];
  /** what the disk did not take, although it was done: written before anything newer */
  #owed: Waiting[] = [];
  #refusal: unknown = null;

  private constructor(o: {
    directory: string;
    host: () => string;
    sign: (message: Buffer) => string;
    oldest: number;
    head: { seq: number; hash: string };
    file: { name: string; size: number };
  }) {
    this.#directory = o.directory;
    this.#host = o.host;
    this.#sign = o.sign;
    this.#oldest = o.oldest;
    this.#head = o.head;
    this.#file = o.file;
  }

  static async open(o: {
    directory: string;
    host: () => string;
    sign: (message: Buffer) => string;
  }): Promise<Receipts> {
    await mkdir(o.directory, { recursive: true, mode: 0o700 });
    await dropCutLines(o.directory);
    const files = (await readdir(o.directory)).filter((name) => name.endsWith('.jsonl')).sort();
    const lastName = files.findLast((name) => statSync(join(o.directory, name)).size > 0);
    const last = lastName && linesOf(await readFile(join(o.directory, lastName), 'utf8')).at(-1);
    const { body } = last ? Receipt.parse(JSON.parse(last)) : {};
    const head = body
      ? { seq: body.seq, hash: receiptHash(body) }
      : await readHead(join(o.directory, 'head.json'));
    const oldest = files[0] === undefined ? head.seq + 1 : firstOfFile(files[0]);
    const name = fileOf(Math.max(head.seq, 1));
    const size = files.includes(name) ? (await stat(join(o.directory, name))).size : 0;
    return new Receipts({ ...o, oldest, head, file: { name, size } });
  }

  /** Sequence number of the newest receipt; 0 before the first. */
  get newest(): number {
    return this.#head.seq;
  }

  /** Signs, chains and stores one receipt. Resolves when it is on the disk; what comes meanwhile shares the
   *  next write. One that is rejected and tells what was done is not lost: see `caughtUp`. */
  append(draft: ReceiptDraft): Promise<Receipt> {
    const appended = new Promise<Receipt>((resolve, reject) =>
      this.#waiting.push({ draft, resolve, reject }),
    );
    this.#tail = this.#tail.then(() => this.#store());
    return appended;
  }

  /** Resolves when nothing is owed to the disk: it is given once more what it did not take. Else rejects with why. */
  async caughtUp(): Promise<void> {
    if (this.#owed.length === 0) return;
    this.#tail = this.#tail.then(() => this.#store());
    await this.#tail;
    if (this.#owed.length > 0) throw this.#refusal;
  }

  async #store(): Promise<void> {
    const batch = [...this.#owed, ...this.#waiting.splice(0)];
    let head = this.#head;
    const receipts = batch.map(({ draft }) => {
      const receipt = this.#receipt(draft, head);
      head = { seq: receipt.body.seq, hash: receiptHash(receipt.body) };
      return receipt;
    });
    let stored = 0;
    try {
      for (const [name, part] of Map.groupBy(receipts, ({ body }) => fileOf(body.seq))) {
        await this.#write(name, part.map((one) => `${JSON.stringify(one)}\n`).join(''));
        globalThis.crashHere?.('warden appended receipts');
        // What is on the disk is of the chain, whatever becomes of the files after it.
        for (const receipt of part) {
          this.#head = { seq: receipt.body.seq, hash: receiptHash(receipt.body) };
          batch[stored++]?.resolve(receipt);
        }
      }
      this.#owed = [];
    } catch (error) {
      this.#refusal = error;
      const left = batch.slice(stored);
      for (const { reject } of left) reject(error);
      // Nothing was done where something was refused: it is refused again.
      this.#owed = left.filter(({ draft }) => draft.result !== 'refused').slice(0, MOST_OWED);
    }
  }

  async #write(name: string, text: string): Promise<void> {
    const good = this.#file.name === name ? this.#file.size : 0;
    this.#file = { name, size: await appendDurably(join(this.#directory, name), good, text) };
  }

  #receipt(draft: ReceiptDraft, head: { seq: number; hash: string }): Receipt {
    // What has no JSON form would be signed as one thing and read back as another.
    const plain = JSON.parse(
      JSON.stringify({ before: null, after: null, ...dropUndefined(draft) }),
    ) as ReceiptDraft;
    const body: ReceiptBody = { v: 1, host: this.#host(), seq: head.seq + 1, prev: head.hash, ...plain };
    return { body, signature: this.#sign(Buffer.from(canonicalJson(body))) };
  }

  /** The oldest kept receipts with a greater sequence number, from the disk: a host that nobody asks for them
   *  keeps thirty of each jail. */
  async after(seq: number, limit: number): Promise<Receipt[]> {
    const from = Math.max(seq + 1, this.#oldest);
    // What is being written now is in the file, whole or not, and was not promised yet.
    const to = Math.min(from + limit - 1, this.#head.seq);
    const receipts: Receipt[] = [];
    for (let at = from; at <= to; at = lastOfFile(at) + 1) {
      const text = await readTextIfThere(join(this.#directory, fileOf(at)));
      if (text === null) continue; // acknowledged meanwhile
      const first = firstOfFile(fileOf(at));
      const lines = oneOfEach(linesOf(text)).slice(at - first, to + 1 - first);
      receipts.push(...lines.map((line) => JSON.parse(line) as Receipt));
    }
    return receipts;
  }

  /** The dashboard has everything up to `seq`: whole files below are removed, the chain's head is kept. */
  async acknowledge(seq: number): Promise<void> {
    await this.#tail;
    const upTo = Math.min(seq, this.#head.seq);
    await writeDurably(join(this.#directory, 'head.json'), JSON.stringify(this.#head));
    while (lastOfFile(this.#oldest) <= upTo) {
      const file = fileOf(this.#oldest);
      this.#oldest = lastOfFile(this.#oldest) + 1;
      await rm(join(this.#directory, file), { force: true });
      globalThis.crashHere?.('warden removed receipts');
    }
  }
}

/** All of the text is on the disk behind the first `good` bytes, or none of it is in the file: half a line would
 *  end the chain. Returns the file's new size. */
async function appendDurably(path: string, good: number, text: string): Promise<number> {
  const file = await open(path, 'a', 0o600);
  try {
    // What an attempt left that could not even be taken back was promised to nobody.
    const { size: found } = await file.stat();
    const size = Math.min(found, good);
    if (found > size) await file.truncate(size);
    try {
      await file.writeFile(text);
      await file.datasync();
    } catch (error) {
      await file.truncate(size);
      throw error;
    }
    return size + Buffer.byteLength(text);
  } finally {
    await file.close();
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

function firstOfFile(name: string): number {
  return Number(name.split('.')[0]) * PER_FILE + 1;
}

function lastOfFile(seq: number): number {
  return (Math.floor((seq - 1) / PER_FILE) + 1) * PER_FILE;
}

/** A last line without its newline, or one that is no JSON, was cut by a crash before anybody was told of it. */
async function dropCutLines(directory: string): Promise<void> {
  const last = (await readdir(directory))
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .at(-1);
  if (last === undefined) return;
  const bytes = await readFile(join(directory, last));
  let whole = bytes.lastIndexOf(10) + 1;
  while (whole > 0) {
    const start = whole < 2 ? 0 : bytes.lastIndexOf(10, whole - 2) + 1;
    if (isJson(bytes.toString('utf8', start, whole))) break;
    whole = start;
  }
  if (whole < bytes.length) await truncate(join(directory, last), whole);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The lines of one file, of each number the last: one that was written but not promised may lie before that
 *  which the chain goes on from, in a file that is then longer than it can be. */
function oneOfEach(lines: string[]): string[] {
  if (lines.length <= PER_FILE) return lines;
  const bySeq = new Map(lines.map((line) => [(JSON.parse(line) as Receipt).body.seq, line]));
  return [...bySeq].sort(([a], [b]) => a - b).map(([, line]) => line);
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

async function readHead(path: string): Promise<{ seq: number; hash: string }> {
  const text = await readFile(path, 'utf8').catch(() => null);
  return text === null ? { seq: 0, hash: NOTHING_BEFORE } : JSON.parse(text);
}

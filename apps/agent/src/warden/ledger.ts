import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type HostSpec,
  type SpecKey,
  SpecObject,
  type SpecPut,
  type SpecPutAnswer,
} from '@cellblock/shared/host-spec';
import { specDigest } from '@cellblock/shared/spec-digest';
import { writeDurably } from './durable-file.ts';

/** After so many journal lines the snapshot is written anew. */
const COMPACT_AFTER = 512;

interface Accepted {
  dashboard: string;
  epoch: string;
  generation: number;
  objects: ReadonlyMap<SpecKey, SpecObject>;
}

interface JournalLine {
  dashboard: string;
  epoch: string;
  generation: number;
  whole: boolean;
  changed: SpecObject[];
  removed: string[];
}

/** An object that this agent cannot read: reported, the others are applied. */
export interface UnreadableObject {
  key: string;
  message: string;
}

/**
 * The accepted spec on the host's disk: a snapshot and an append-only journal after it. `put` answers
 * *accepted* only when the journal line is on the disk, so an acknowledged change survives any crash.
 *
 * Invariants: generations only grow; an older one in a new epoch freezes; a ledger that cannot be read is
 * put aside and yields no spec at all, never an empty one, because an empty one would remove every jail.
 */
export class Ledger {
  readonly #directory: string;
  #accepted: Accepted | null;
  #unreadable: UnreadableObject[] = [];
  #lines: number;
  #tail: Promise<unknown> = Promise.resolve();

  private constructor(directory: string, accepted: Accepted | null, lines: number) {
    this.#directory = directory;
    this.#accepted = accepted;
    this.#lines = lines;
  }

  static async open(directory: string): Promise<Ledger> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    try {
      const snapshot = await readSnapshot(join(directory, 'snapshot.json'));
      const { accepted, lines } = await replay(join(directory, 'journal.jsonl'), snapshot);
      return new Ledger(directory, accepted, lines);
    } catch (error) {
      if (!(error instanceof CorruptLedger)) throw error;
      const suffix = `corrupt-${new Date().toISOString().replaceAll(':', '')}`;
      for (const name of ['snapshot.json', 'journal.jsonl']) {
        await rename(join(directory, name), join(directory, `${name}.${suffix}`)).catch(() => undefined);
      }
      return new Ledger(directory, null, 0);
    }
  }

  /** null: nothing was ever accepted, or the ledger was lost; then nothing may be removed. */
  get spec(): HostSpec | null {
    return this.#accepted && { generation: this.#accepted.generation, objects: this.#accepted.objects };
  }

  get unreadable(): readonly UnreadableObject[] {
    return this.#unreadable;
  }

  /** Takes a difference or a whole spec. Puts are taken one after another. */
  put(put: SpecPut): Promise<SpecPutAnswer> {
    const answer = this.#tail.then(() => this.#put(put));
    this.#tail = answer.catch(() => undefined);
    return answer;
  }

  async #put(put: SpecPut): Promise<SpecPutAnswer> {
    const now = this.#accepted;
    if (now && put.generation < now.generation) {
      const reason =
        put.epoch === now.epoch
          ? `generation ${put.generation} is older than ${now.generation}, which this host has accepted`
          : `the dashboard's database was restored: it is at generation ${put.generation}, this host at ${now.generation}`;
      return { result: 'frozen', generation: now.generation, reason };
    }
    const whole = put.base === null;
    if (!whole && put.base !== now?.generation) {
      return {
        result: 'resync',
        generation: now?.generation ?? null,
        reason: `base ${put.base} is not what is here`,
      };
    }
    const { readable, unreadable } = readObjects(put.changed);
    const objects = new Map(whole ? [] : now?.objects);
    for (const key of put.removed) objects.delete(key as SpecKey);
    for (const object of readable) objects.set(`${object.kind}/${object.id}`, object);
    if (unreadable.length === 0 && specDigest(objects) !== put.digest) {
      return {
        result: 'resync',
        generation: now?.generation ?? null,
        reason: 'the digest of the result differs',
      };
    }
    const accepted = { dashboard: put.dashboard, epoch: put.epoch, generation: put.generation, objects };
    await this.#store(accepted, { ...accepted, whole, changed: readable, removed: put.removed });
    this.#accepted = accepted;
    this.#unreadable = whole ? unreadable : [...this.#unreadable, ...unreadable];
    return { result: 'accepted', generation: put.generation };
  }

  async #store(accepted: Accepted, line: JournalLine & { objects?: unknown }): Promise<void> {
    if (line.whole || this.#lines >= COMPACT_AFTER) {
      await writeDurably(join(this.#directory, 'snapshot.json'), sealed(snapshotOf(accepted)));
      // A crash here leaves journal lines that the snapshot already holds: replay skips them.
      await writeDurably(join(this.#directory, 'journal.jsonl'), '');
      this.#lines = 0;
      return;
    }
    const { objects: _, ...plain } = line;
    const file = await open(join(this.#directory, 'journal.jsonl'), 'a', 0o600);
    try {
      await file.writeFile(sealed(plain));
      await file.datasync();
    } finally {
      await file.close();
    }
    this.#lines += 1;
    globalThis.crashHere?.('warden appended to the journal');
  }
}

class CorruptLedger extends Error {}

/** One line: checksum, space, JSON. */
function sealed(value: unknown): string {
  const json = JSON.stringify(value);
  return `${createHash('sha256').update(json).digest('hex')} ${json}\n`;
}

function unseal(line: string): unknown {
  const json = line.slice(65);
  if (createHash('sha256').update(json).digest('hex') !== line.slice(0, 64)) throw new CorruptLedger();
  return JSON.parse(json);
}

function snapshotOf(accepted: Accepted) {
  return { ...accepted, objects: [...accepted.objects.values()] };
}

async function readSnapshot(path: string): Promise<Accepted | null> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;
  const { objects, ...rest } = unseal(text.trimEnd()) as ReturnType<typeof snapshotOf>;
  return { ...rest, objects: new Map(readObjects(objects).readable.map((o) => [`${o.kind}/${o.id}`, o])) };
}

async function replay(path: string, snapshot: Accepted | null) {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  // What follows the last newline was cut by a crash before it was acknowledged.
  const wholeText = text.slice(0, text.lastIndexOf('\n') + 1);
  if (wholeText.length < text.length) await truncate(path, Buffer.byteLength(wholeText));
  let accepted = snapshot;
  let lines = 0;
  for (const sealedLine of wholeText.split('\n').filter((line) => line !== '')) {
    const line = unseal(sealedLine) as JournalLine;
    lines += 1;
    if (accepted && line.generation <= accepted.generation) continue;
    const objects = new Map(line.whole ? [] : accepted?.objects);
    for (const key of line.removed) objects.delete(key as SpecKey);
    for (const object of readObjects(line.changed).readable)
      objects.set(`${object.kind}/${object.id}`, object);
    accepted = { dashboard: line.dashboard, epoch: line.epoch, generation: line.generation, objects };
  }
  return { accepted, lines };
}

function readObjects(values: readonly unknown[]): { readable: SpecObject[]; unreadable: UnreadableObject[] } {
  const readable: SpecObject[] = [];
  const unreadable: UnreadableObject[] = [];
  for (const value of values) {
    const parsed = SpecObject.safeParse(value);
    if (parsed.success) readable.push(parsed.data);
    else unreadable.push({ key: keyOf(value), message: parsed.error.issues.map(issueText).join('; ') });
  }
  return { readable, unreadable };
}

function keyOf(value: unknown): string {
  const { kind, id } = (value ?? {}) as { kind?: unknown; id?: unknown };
  return `${String(kind)}/${String(id)}`;
}

function issueText(issue: { path: PropertyKey[]; message: string }): string {
  return `${issue.path.join('.') || 'object'}: ${issue.message}`;
}

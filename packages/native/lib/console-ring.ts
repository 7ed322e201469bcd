import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConsoleChunk } from './process-tree.ts';

const HEADER_BYTES = 4096;
const MAGIC = 'CONSOLE1';
const PIECE_BYTES = 256 * 1024;

interface RingHeader {
  capacity: number;
  /** what is older than `reserved - capacity` is gone or being overwritten */
  reserved: number;
  /** bytes written since the ring began */
  total: number;
}

/** The reader's side of cpp/spawn/console_ring.h. */
export class ConsoleRingReader {
  readonly #file: FileHandle;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** null when nothing was ever written there. */
  static async open(runDirectory: string): Promise<ConsoleRingReader | null> {
    try {
      return new ConsoleRingReader(await open(join(runDirectory, 'console'), 'r'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #header(): Promise<RingHeader> {
    const bytes = Buffer.alloc(32);
    const { bytesRead } = await this.#file.read(bytes, 0, bytes.length, 0);
    if (bytesRead < 32 || bytes.toString('latin1', 0, 8) !== MAGIC)
      return { capacity: 0, reserved: 0, total: 0 };
    const number = (at: number) => Number(bytes.readBigUInt64LE(at));
    return { capacity: number(8), reserved: number(16), total: number(24) };
  }

  /** The next piece from `from` on; null when there is none yet. */
  async read(from: number): Promise<ConsoleChunk | null> {
    const before = await this.#header();
    const start = Math.max(Math.min(from, before.total), before.reserved - before.capacity, 0);
    const size = Math.min(before.total - start, PIECE_BYTES);
    if (size <= 0) return null;
    const data = await this.#copy(start, size, before.capacity);
    const after = await this.#header();
    // The writer may have come round while we read: what it had touched by now is not to be trusted.
    const lost = Math.min(Math.max(after.reserved - after.capacity - start, 0), size);
    const offset = start + lost;
    if (lost === size) return this.read(offset);
    return { offset, data: data.subarray(lost), dropped: Math.max(offset - from, 0) };
  }

  async #copy(start: number, size: number, capacity: number): Promise<Buffer> {
    const data = Buffer.alloc(size);
    for (let done = 0; done < size; ) {
      const at = (start + done) % capacity;
      const piece = Math.min(size - done, capacity - at);
      const { bytesRead } = await this.#file.read(data, done, piece, HEADER_BYTES + at);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return data;
  }

  /** Where the last `lines` lines begin (a line that is not ended yet counts). */
  async offsetOfLastLines(lines: number): Promise<number> {
    const { total, reserved, capacity } = await this.#header();
    const oldest = Math.max(reserved - capacity, 0);
    if (lines <= 0 || total === 0) return total;
    let wanted = lines;
    for (let end = total; end > oldest; ) {
      const start = Math.max(end - 65536, oldest);
      const data = await this.#copy(start, end - start, capacity);
      for (let i = data.length - 1; i >= 0; i--) {
        if (data[i] !== 10 || start + i === total - 1) continue;
        if (--wanted === 0) return start + i + 1;
      }
      end = start;
    }
    return oldest;
  }
}

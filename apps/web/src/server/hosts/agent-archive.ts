import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

export interface ArchiveFacts {
  sha256: string;
  bytes: number;
}

/**
 * The tar.gz from which further hosts install their agent; the build made it. Its hash is taken from the file
 * itself, once, when it is first asked for: what a line promises is what is served.
 */
export class AgentArchive {
  readonly file: string;
  #facts: Promise<ArchiveFacts> | null = null;

  constructor(file: string) {
    this.file = file;
  }

  facts(): Promise<ArchiveFacts> {
    this.#facts ??= readFacts(this.file).catch((error: unknown) => {
      this.#facts = null;
      throw error;
    });
    return this.#facts;
  }
}

async function readFacts(file: string): Promise<ArchiveFacts> {
  const { size } = await stat(file);
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1024 * 1024 }), hash);
  return { sha256: hash.digest('hex'), bytes: size };
}

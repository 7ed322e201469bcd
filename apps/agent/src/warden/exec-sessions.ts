import { randomUUID } from 'node:crypto';
import type { ExecRequest, ExecSession, ProcessTrees } from '@cellblock/native/process-tree';
import { AppError } from '@cellblock/shared/app-error';

export type ExecOutput =
  | { type: 'output'; stream: 'stdout' | 'stderr'; data: string }
  | { type: 'exit'; code: number | null; signal: number | null };

/** A session nobody reads is ended: its command would block for ever on a full pipe. */
const UNREAD_MS = 30_000;

/** Commands that run in jails on somebody's behalf; each ends with whoever reads it. */
export class ExecSessions {
  private readonly trees: ProcessTrees;
  private readonly sessions = new Map<string, { session: ExecSession; unread: NodeJS.Timeout | null }>();

  constructor(trees: ProcessTrees) {
    this.trees = trees;
  }

  async open(request: ExecRequest): Promise<string> {
    const session = await this.trees.exec(request);
    const id = randomUUID();
    const unread = setTimeout(() => this.drop(id), UNREAD_MS);
    this.sessions.set(id, { session, unread });
    return id;
  }

  async *output(id: string, signal: AbortSignal | undefined): AsyncGenerator<ExecOutput> {
    const found = this.find(id);
    if (found.unread === null) {
      throw new AppError('conflict', 'Somebody reads this session already.', {
        field: 'session',
        cause: 'What a command writes goes to one reader; a second would take half of it.',
        fix: 'Run the command once more: cellblock exec JAIL -- CMD',
      });
    }
    clearTimeout(found.unread);
    found.unread = null;
    const hangUp = () => found.session.kill();
    signal?.addEventListener('abort', hangUp, { once: true });
    try {
      for await (const { stream, data } of found.session.output) {
        yield { type: 'output', stream, data: Buffer.from(data).toString('base64') };
      }
      yield { type: 'exit', ...(await found.session.exit) };
    } finally {
      signal?.removeEventListener('abort', hangUp);
      this.drop(id);
    }
  }

  input(id: string, data: string | null): void {
    const { session } = this.find(id);
    if (data === null) session.closeInput();
    else session.write(Buffer.from(data, 'base64'));
  }

  resize(id: string, size: { rows: number; columns: number }): void {
    this.find(id).session.resize(size);
  }

  kill(id: string): void {
    this.find(id).session.kill();
  }

  private find(id: string) {
    const found = this.sessions.get(id);
    if (!found) {
      throw new AppError('not-found', 'There is no such session: its command has ended.', {
        field: 'session',
        cause: `A session goes with its command, or when nobody reads it for ${UNREAD_MS / 1000} s.`,
        fix: 'Run the command once more: cellblock exec JAIL -- CMD',
      });
    }
    return found;
  }

  private drop(id: string): void {
    const found = this.sessions.get(id);
    if (!found) return;
    if (found.unread) clearTimeout(found.unread);
    this.sessions.delete(id);
    found.session.kill();
  }
}

import { randomUUID } from 'node:crypto';
import type {
  ConsoleRequest,
  ExecRequest,
  ExecSession,
  ProcessTrees,
  SessionExit,
} from '@cellblock/native/process-tree';
import { AppError } from '@cellblock/shared/app-error';
import type { JailSpec } from '@cellblock/shared/host-spec';

export type ExecOutput =
  | { type: 'output'; stream: 'stdout' | 'stderr'; data: string }
  | ({ type: 'exit' } & SessionExit);

/** A session nobody reads is ended: its command would block for ever on a full pipe. */
const UNREAD_MS = 30_000;

/** What a command does not read is sent again later: its sender has it, and we need not. */
const ROOM_MS = 20_000;
/** Who sends piece by piece waits with one. */
const MOST_WAIT = 4;

interface Open {
  session: ExecSession;
  /** key of the jail whose console it is; null: a command */
  console: string | null;
  unread: NodeJS.Timeout | null;
  /** what it was sent last and has not read yet */
  unsent: Promise<void> | null;
  waiting: number;
}

/** Commands that run in jails on somebody's behalf, and consoles; each ends with whoever reads it. */
export class ExecSessions {
  private readonly trees: ProcessTrees;
  private readonly sessions = new Map<string, Open>();
  /** Keys of jails whose console somebody has. */
  private readonly consoles = new Set<string>();

  constructor(trees: ProcessTrees) {
    this.trees = trees;
  }

  async open(request: ExecRequest): Promise<string> {
    return this.add(await this.trees.exec(request), null);
  }

  /** One at a time: of two who type at one keyboard neither gets what was meant. */
  async openConsole(jail: Pick<JailSpec, 'key' | 'name'>, request: ConsoleRequest): Promise<string> {
    if (this.consoles.has(jail.key)) {
      throw new AppError('conflict', `Somebody is at the console of ${jail.name} already.`, {
        field: 'jail',
        cause:
          'One types at a time. The history says who (action:jail.console), unless it is root of this host while the dashboard is off.',
        fix: `Look meanwhile: cellblock logs ${jail.name} -f`,
      });
    }
    this.consoles.add(jail.key);
    try {
      return this.add(await this.trees.openConsole(request), jail.key);
    } catch (error) {
      this.consoles.delete(jail.key);
      throw error;
    }
  }

  private add(session: ExecSession, console: string | null): string {
    const id = randomUUID();
    const unread = setTimeout(() => this.drop(id), UNREAD_MS);
    this.sessions.set(id, { session, console, unread, unsent: null, waiting: 0 });
    return id;
  }

  async *output(id: string, signal: AbortSignal | undefined): AsyncGenerator<ExecOutput> {
    const found = this.find(id);
    if (found.unread === null) {
      throw new AppError('conflict', 'Somebody reads this session already.', {
        field: 'session',
        cause: 'What is written goes to one reader; a second would take half of it.',
        fix: 'Open one of your own: cellblock exec JAIL -- CMD',
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
      const exit = await found.session.exit;
      // Whoever hears of its end may ask for the console at once.
      this.drop(id);
      yield { type: 'exit', ...exit };
    } finally {
      signal?.removeEventListener('abort', hangUp);
      this.drop(id);
    }
  }

  /** A piece is taken when the one before has been read; a command that reads nothing costs us no more than that. */
  async input(id: string, data: string | null): Promise<void> {
    const found = this.find(id);
    if (data === null) return found.session.closeInput();
    if (found.unsent && !(await hasRead(found))) {
      throw new AppError('conflict', 'What was sent before has not been read yet.', {
        field: 'data',
        cause: `The jail has not for ${ROOM_MS / 1000} s, or others wait to send it more.`,
        fix: 'Send this piece once more',
      });
    }
    const sent = found.session.write(Buffer.from(data, 'base64')).then(() => {
      if (found.unsent === sent) found.unsent = null;
    });
    found.unsent = sent;
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
      throw new AppError('not-found', 'There is no such session: it has ended.', {
        field: 'session',
        cause: `A session goes with its command or its jail, or when nobody reads it for ${UNREAD_MS / 1000} s.`,
        fix: 'Open another: cellblock exec JAIL -- CMD, or cellblock console JAIL',
      });
    }
    return found;
  }

  private drop(id: string): void {
    const found = this.sessions.get(id);
    if (!found) return;
    if (found.unread) clearTimeout(found.unread);
    this.sessions.delete(id);
    if (found.console !== null) this.consoles.delete(found.console);
    found.session.kill();
  }
}

async function hasRead(found: Open): Promise<boolean> {
  if (found.waiting >= MOST_WAIT) return false;
  found.waiting += 1;
  const end = Date.now() + ROOM_MS;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ROOM_MS);
  });
  try {
    while (found.unsent && Date.now() < end) await Promise.race([found.unsent, late]);
    return found.unsent === null;
  } finally {
    clearTimeout(timer);
    found.waiting -= 1;
  }
}

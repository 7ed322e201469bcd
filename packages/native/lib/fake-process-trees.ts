import { KernelError } from './kernel-error.ts';
import type {
  ConsoleChunk,
  ConsoleRequest,
  ExecRequest,
  ExecSession,
  ProcessTrees,
  TreeSpec,
  TreeStatus,
} from './process-tree.ts';

/** A tree with this hostname never starts: every test of a failure uses the same one. */
export const FAILING_HOSTNAME = 'fails-to-start';
/** Its first process ignores every signal: only the timeout of a stop ends it. */
export const STUBBORN_HOSTNAME = 'ignores-signals';

interface FakeTree {
  spec: TreeSpec;
  status: TreeStatus;
  console: Uint8Array;
  /** called at every change: new console, or the end */
  waiters: Set<() => void>;
}

/**
 * Trees in memory, with the same answers and the same errnos. It outlives whoever uses it, as real trees do:
 * give the same one to the next agent. `end` and `say` are what the processes of a tree do by themselves.
 */
export class FakeProcessTrees implements ProcessTrees {
  readonly #trees = new Map<string, FakeTree>();
  readonly #now: () => Date;
  /** as the kernel's mayRaiseLimits */
  readonly #raisesLimits: boolean;
  #pid = 1000;

  constructor({
    now = () => new Date(),
    raisesLimits = true,
  }: { now?: () => Date; raisesLimits?: boolean } = {}) {
    this.#now = now;
    this.#raisesLimits = raisesLimits;
  }

  /** Run directories of trees that run. */
  running(): string[] {
    return [...this.#trees].filter(([, tree]) => tree.status.state === 'running').map(([path]) => path);
  }
  specOf(runDirectory: string): TreeSpec | null {
    return this.#trees.get(runDirectory)?.spec ?? null;
  }
  /** The first process ends by itself. */
  end(runDirectory: string, exit: { code: number | null; signal: number | null }): void {
    const tree = this.#tree(runDirectory);
    if (tree.status.state !== 'running') return;
    const at = this.#now().toISOString();
    tree.status = { ...tree.status, state: 'exited', keeper: null, init: null, exit: { ...exit, at } };
    for (const wake of tree.waiters) wake();
  }
  /** The tree writes to its console. */
  say(runDirectory: string, text: string): void {
    const tree = this.#tree(runDirectory);
    tree.console = Buffer.concat([tree.console, Buffer.from(text)]);
    for (const wake of tree.waiters) wake();
  }

  async start(spec: TreeSpec): Promise<TreeStatus> {
    const earlier = this.#trees.get(spec.runDirectory);
    if (earlier?.status.state === 'running')
      throw new KernelError(`start tree in ${spec.runDirectory}`, 'EEXIST', 17);
    if (spec.idBase < spec.idCount || spec.idBase + spec.idCount > 0xffffffff)
      throw new KernelError('field idBase is out of range', 'ERANGE', 34);
    if (spec.idBase % 65_536 !== 0)
      throw new KernelError('field idBase must be a multiple of 65536', 'EINVAL', 22);
    if (this.#isTaken(spec.idBase))
      throw new KernelError(`take ids from ${spec.idBase}: a tree that runs has them`, 'EBUSY', 16);
    if (spec.hostname === FAILING_HOSTNAME) throw new KernelError('make first process', 'EAGAIN', 11);
    const status: TreeStatus = {
      state: 'running',
      keeper: { pid: ++this.#pid, startTime: this.#pid },
      init: { pid: ++this.#pid, startTime: this.#pid },
      startedAt: this.#now().toISOString(),
      exit: null,
      idBase: spec.idBase,
      resourceLimits: spec.resourceLimits,
    };
    const console = earlier?.console ?? new Uint8Array();
    this.#trees.set(spec.runDirectory, { spec, status, console, waiters: new Set() });
    return status;
  }

  #isTaken(idBase: number): boolean {
    return [...this.#trees.values()].some(
      ({ status }) => status.state === 'running' && status.idBase === idBase,
    );
  }

  async status({ runDirectory }: { runDirectory: string }): Promise<TreeStatus | null> {
    return this.#trees.get(runDirectory)?.status ?? null;
  }

  async stop(o: { runDirectory: string; signal: number; timeoutMs: number }): Promise<TreeStatus> {
    const tree = this.#tree(o.runDirectory);
    const stubborn = tree.spec.hostname === STUBBORN_HOSTNAME;
    // The built-in init ends well on SIGTERM; a command without a handler is killed in the end.
    const exit =
      tree.spec.command === null && !stubborn ? { code: 0, signal: null } : { code: null, signal: 9 };
    this.end(o.runDirectory, exit);
    return tree.status;
  }

  async wait({ runDirectory, signal }: { runDirectory: string; signal?: AbortSignal }): Promise<TreeStatus> {
    const tree = this.#tree(runDirectory);
    while (tree.status.state === 'running') await this.#change(tree, signal);
    return tree.status;
  }

  async exec(request: ExecRequest): Promise<ExecSession> {
    const tree = this.#tree(request.runDirectory);
    if (tree.status.state !== 'running')
      throw new KernelError(`run ${request.command[0]} in the tree`, 'ESRCH', 3, 'it does not run');
    // Nothing executes in memory: the command is echoed and ends well.
    const data = Buffer.from(`${request.command.join(' ')}\n`);
    return {
      write: async () => {},
      closeInput: () => {},
      resize: () => {},
      kill: () => {},
      output: (async function* () {
        yield { stream: 'stdout' as const, data };
      })(),
      exit: Promise.resolve({ code: 0, signal: null }),
    };
  }

  async limit(o: { runDirectory: string; limits: Record<string, number>; cgroupProcsFiles: string[] }) {
    const tree = this.#tree(o.runDirectory);
    if (tree.status.state !== 'running')
      throw new KernelError(`limit tree in ${o.runDirectory}`, 'ESRCH', 3, 'it does not run');
    if (o.cgroupProcsFiles.length === 0) throw new KernelError('limit the tree', 'EINVAL', 22);
    const before = tree.status.resourceLimits ?? {};
    const raises = Object.entries(before).some(([name, value]) => (o.limits[name] ?? value + 1) > value);
    if (raises && !this.#raisesLimits)
      throw new KernelError('set a limit of process 1', 'EPERM', 1, 'not changed: all');
    tree.status = { ...tree.status, resourceLimits: o.limits };
  }

  async openConsole({ runDirectory, rows }: ConsoleRequest): Promise<ExecSession> {
    const tree = this.#tree(runDirectory);
    const step = `open the console in ${runDirectory}`;
    if (tree.status.state !== 'running') throw new KernelError(step, 'ESRCH', 3, 'nobody keeps it');
    if (!tree.spec.confinement.mounts) throw new KernelError(step, 'ENOTTY', 25);
    const left = new AbortController();
    const console = this.#read(tree, { tailLines: rows, follow: true, signal: left.signal });
    return {
      // As a terminal does it, with nobody behind it who reads.
      write: async (data) => {
        if (tree.status.state === 'running') this.say(runDirectory, Buffer.from(data).toString());
      },
      closeInput: () => {},
      resize: () => {},
      kill: () => left.abort(),
      output: (async function* () {
        for await (const { data } of console) yield { stream: 'stdout' as const, data };
      })(),
      exit: new Promise((resolve) => {
        left.signal.addEventListener('abort', () => resolve({ code: 0, signal: null }));
        void this.wait({ runDirectory, signal: left.signal }).then(
          ({ exit }) => resolve({ code: exit?.code ?? null, signal: exit?.signal ?? null }),
          () => {},
        );
      }),
    };
  }

  async *console(o: Parameters<ProcessTrees['console']>[0]): AsyncGenerator<ConsoleChunk> {
    const tree = this.#trees.get(o.runDirectory);
    if (!tree) return;
    const from = o.from ?? offsetOfLastLines(tree.console, o.tailLines ?? 0);
    if (o.follow && o.from === undefined) yield { offset: from, data: new Uint8Array(), dropped: 0 };
    yield* this.#read(tree, { ...o, from });
  }

  async *#read(
    tree: FakeTree,
    o: Omit<Parameters<ProcessTrees['console']>[0], 'runDirectory'>,
  ): AsyncGenerator<ConsoleChunk> {
    let from = o.from ?? offsetOfLastLines(tree.console, o.tailLines ?? 0);
    for (;;) {
      if (from < tree.console.length) {
        const data = tree.console.subarray(from);
        yield { offset: from, data, dropped: 0 };
        from += data.length;
      } else if (!o.follow || tree.status.state !== 'running' || o.signal?.aborted) {
        return;
      } else {
        await this.#change(tree, o.signal).catch(() => {});
      }
    }
  }

  async forget({ runDirectory }: { runDirectory: string }): Promise<void> {
    if (this.#trees.get(runDirectory)?.status.state === 'running')
      throw new KernelError(`forget tree in ${runDirectory}`, 'EBUSY', 16);
    this.#trees.delete(runDirectory);
  }

  #tree(runDirectory: string): FakeTree {
    const tree = this.#trees.get(runDirectory);
    if (!tree) throw new KernelError(`read status in ${runDirectory}`, 'ENOENT', 2, 'nothing ever ran there');
    return tree;
  }

  #change(tree: FakeTree, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (outcome: () => void) => () => {
        tree.waiters.delete(wake);
        signal?.removeEventListener('abort', abort);
        outcome();
      };
      const wake = settle(resolve);
      const abort = settle(() => reject(signal?.reason));
      if (signal?.aborted) return reject(signal.reason);
      tree.waiters.add(wake);
      signal?.addEventListener('abort', abort, { once: true });
    });
  }
}

function offsetOfLastLines(console: Uint8Array, lines: number): number {
  if (lines <= 0) return console.length;
  let wanted = lines;
  for (let i = console.length - 2; i >= 0; i--) if (console[i] === 10 && --wanted === 0) return i + 1;
  return 0;
}

import { rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { callAddon } from './addon.ts';
import { followConsole } from './console-follow.ts';
import { ConsoleRingReader } from './console-ring.ts';
import { openConsoleSession } from './console-session.ts';
import { startExecHelper } from './exec-helper.ts';
import { execSession } from './exec-session.ts';
import { HelperAhead } from './helper-ahead.ts';
import { keeperNews } from './keeper-client.ts';
import { isKernelError, KernelError } from './kernel-error.ts';
import { linuxProcesses } from './linux-processes.ts';
import { pidDepth } from './pid-depth.ts';
import type { ConsoleChunk, ProcessTrees, TreeProcess, TreeSpec, TreeStatus } from './process-tree.ts';
import { readTree, readTreeStatus, type TreeFacts } from './run-directory.ts';
import { failureFrom } from './spawn-answer.ts';
import { execMessage, startMessage } from './spawn-message.ts';
import { forgetTreeLimits, limitTree } from './tree-limits.ts';

const SIGKILL = 9;
/** How long the keeper may take to write down how a killed tree ended. */
const KILL_MS = 30_000;
/** Every socket takes that much; who refuses a longer request leaves without reading all of it. */
const WRITTEN_AT_ONCE = 65_536;

/**
 * Runs `spawn` with a message on its standard input and answers with what it said. Not as a child process of
 * Node's: that copies the page tables of the whole warden, and stops it meanwhile.
 */
async function ask(program: string, args: string[], message: Buffer): Promise<string> {
  const started = await callAddon<{ pid: number; answer: number }>('startProgram', {
    arguments: [program, ...args],
    input: message,
  });
  try {
    // Not its exit: the program that was started leaves at once, and its builder answers.
    return await textOf(started.answer);
  } finally {
    await callAddon('reapProgram', { pid: started.pid });
  }
}

function textOf(descriptor: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const pipe = new Socket({ fd: descriptor, readable: true, writable: false });
    let text = '';
    pipe.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    pipe.once('error', reject);
    pipe.once('close', () => resolve(text));
  });
}

async function signalProcess(target: TreeProcess, signal: number): Promise<void> {
  try {
    await callAddon('signalProcess', { ...target, signal });
  } catch (error) {
    if (!isKernelError(error, 'ESRCH')) throw error;
  }
}

function requireTree(runDirectory: string): { status: TreeStatus; facts: TreeFacts } {
  const tree = readTree(runDirectory);
  if (!tree) throw new KernelError(`read status in ${runDirectory}`, 'ENOENT', 2, 'nothing ever ran there');
  return tree;
}

async function requireStatus(runDirectory: string): Promise<TreeStatus> {
  return requireTree(runDirectory).status;
}

/** Resolves when no keeper lives and the first process is gone. */
async function waitForEnd(runDirectory: string, signal?: AbortSignal): Promise<TreeStatus> {
  for (;;) {
    for await (const news of keeperNews(runDirectory, signal)) if (news === 'over') break;
    const status = await requireStatus(runDirectory);
    if (status.state !== 'running') return status;
    // Only a keeper that was killed, or is in its last moment, leaves a tree that runs and says nothing.
    await new Promise((resolve) => setTimeout(resolve, 20));
    signal?.throwIfAborted();
  }
}

/** null: it goes on. */
async function endsWithin(runDirectory: string, ms: number): Promise<TreeStatus | null> {
  const patience = AbortSignal.timeout(ms);
  try {
    return await waitForEnd(runDirectory, patience);
  } catch (error) {
    if (!patience.aborted) throw error;
    return null;
  }
}

/** Trees made by the programs `spawn` and `keeper` in the directory `programs`; needs root. */
export function createLinuxProcessTrees({
  programs,
  ahead = new HelperAhead(join(programs, 'spawn')),
}: {
  programs: string;
  /** a test's own */
  ahead?: HelperAhead;
}): ProcessTrees {
  const program = join(programs, 'spawn');

  async function start(spec: TreeSpec): Promise<TreeStatus> {
    const earlier = readTreeStatus(spec.runDirectory);
    if (earlier?.state === 'running')
      throw new KernelError(`start tree in ${spec.runDirectory}`, 'EEXIST', 17);
    const failure = failureFrom(await ask(program, ['start', join(programs, 'keeper')], startMessage(spec)));
    // Whoever was killed could not clear away what it had made.
    if (failure?.code === 'EPROTO') await clearAway(spec.runDirectory);
    if (failure) throw failure;
    return requireStatus(spec.runDirectory);
  }

  /** Of a start that nobody finished: a tree without a keeper is none, and must not be taken for one that ended. */
  async function clearAway(runDirectory: string): Promise<void> {
    const left = readTreeStatus(runDirectory);
    if (left?.init) {
      await signalProcess(left.init, SIGKILL);
      await waitForEnd(runDirectory, AbortSignal.timeout(KILL_MS));
    }
    for (const name of ['tree', 'tree.new', 'exit', 'keeper.sock', 'mounts.sock'])
      await rm(join(runDirectory, name), { force: true });
    await forgetTreeLimits(runDirectory);
  }

  async function stop(o: { runDirectory: string; signal: number; timeoutMs: number }): Promise<TreeStatus> {
    const status = await requireStatus(o.runDirectory);
    if (status.init) {
      await signalProcess(status.init, o.signal);
      const ended = o.timeoutMs > 0 && (await endsWithin(o.runDirectory, o.timeoutMs));
      if (ended) return ended;
      // With its first process everything in a pid namespace is killed.
      await signalProcess(status.init, SIGKILL);
    }
    return waitForEnd(o.runDirectory, AbortSignal.timeout(KILL_MS));
  }

  async function* console(o: Parameters<ProcessTrees['console']>[0]): AsyncGenerator<ConsoleChunk> {
    const ring = await ConsoleRingReader.open(o.runDirectory);
    if (!ring) return;
    try {
      const from = o.from ?? (await ring.offsetOfLastLines(o.tailLines ?? 0));
      if (o.follow && o.from === undefined) yield { offset: from, data: new Uint8Array(), dropped: 0 };
      const news = o.follow ? keeperNews(o.runDirectory, o.signal) : null;
      yield* followConsole(ring, { from, news, signal: o.signal });
    } finally {
      await ring.close();
    }
  }

  return {
    start,
    stop,
    console,
    status: async ({ runDirectory }) => readTreeStatus(runDirectory),
    wait: async ({ runDirectory, signal }) => {
      await requireStatus(runDirectory);
      return waitForEnd(runDirectory, signal);
    },
    async exec(request) {
      const { status, facts } = requireTree(request.runDirectory);
      if (!status.init)
        throw new KernelError(`run ${request.command[0]} in the tree`, 'ESRCH', 3, 'it does not run');
      const message = execMessage(request, status.init, facts);
      const helper = message.length <= WRITTEN_AT_ONCE ? ahead.take() : null;
      helper?.control.write(message);
      try {
        return await execSession(helper ?? (await startExecHelper(program, message)));
      } finally {
        if (request.moreToCome) void ahead.prepare();
      }
    },
    async limit({ runDirectory, limits, cgroupProcsFiles }) {
      const { status, facts } = requireTree(runDirectory);
      if (!status.init) throw new KernelError(`limit tree in ${runDirectory}`, 'ESRCH', 3, 'it does not run');
      await limitTree(linuxProcesses, {
        ...{ runDirectory, init: status.init, limits, cgroupProcsFiles },
        before: { resourceLimits: facts.resourceLimits, pending: facts.pending ?? null },
        // Broker and relays of commands are in the group, and not in the process table of the tree.
        isInside: (pid) => pidDepth(pid) > pidDepth(process.pid),
      });
    },
    async openConsole(request) {
      const { keeper } = await requireStatus(request.runDirectory);
      if (!keeper)
        throw new KernelError(`open the console in ${request.runDirectory}`, 'ESRCH', 3, 'nobody keeps it');
      return openConsoleSession(keeper, request);
    },
    async forget({ runDirectory }) {
      const status = readTreeStatus(runDirectory);
      if (status?.state === 'running') throw new KernelError(`forget tree in ${runDirectory}`, 'EBUSY', 16);
      for (const name of ['tree', 'tree.new', 'exit', 'keeper.sock', 'mounts.sock', 'console', 'lock'])
        await rm(join(runDirectory, name), { force: true });
      await forgetTreeLimits(runDirectory);
    },
  };
}

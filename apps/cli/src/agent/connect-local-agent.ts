import { existsSync } from 'node:fs';
import type { AnswersEvent, AnswersInput } from '@cellblock/shared/answers/answer';
import { dataDirectory } from '@cellblock/shared/data-directory';
import type { HostStatus } from '@cellblock/shared/host-status';
import { sendAtOnce } from '@cellblock/shared/send-at-once';
import type { ViewProof } from '@cellblock/shared/view-proof';
import type { ViewEntry, ViewName } from '@cellblock/shared/view-tree';
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import type { AnyRouter } from '@trpc/server';
import superjson from 'superjson';
import { WebSocket } from 'ws';
import { fullUntil, type Out } from '../dashboard/as-read.ts';
import type { ExecOutput } from '../dashboard/procedures.ts';
import { agentGone } from './agent-gone.ts';
import { failAll } from './fail-all.ts';

interface Call<In, Out> {
  mutate(input: In): Promise<Out>;
}
interface Stream<In, Out> {
  subscribe(
    input: In,
    observer: {
      onData(value: Out): void;
      onError(error: unknown): void;
      onComplete?(): void;
      onStarted?(): void;
    },
  ): { unsubscribe(): void };
}

/** What root may ask of the warden on this host, without any dashboard. */
export interface LocalAgent {
  answers: { run: Stream<AnswersInput & { by: string }, AnswersEvent> };
  status: { get: { query(): Promise<HostStatus> } };
  jail: {
    console: Stream<
      { jail: string; tailLines?: number; from?: number; follow?: boolean },
      { offset: number; data: string; dropped: number }
    >;
    view: {
      query(input: {
        jail: string;
        prove?: boolean;
      }): Promise<{ mounts: ViewEntry[]; names: ViewName[]; proof: ViewProof | null }>;
    };
    execOpen: Call<
      {
        jail: string;
        command: string[];
        environment?: Record<string, string>;
        uid: number;
        tty: { columns: number; rows: number } | null;
        cause: null;
      },
      { session: string }
    >;
    consoleOpen: Call<{ jail: string; rows: number; columns: number; cause: null }, { session: string }>;
    execOutput: Stream<{ session: string }, ExecOutput>;
    execInput: Call<{ session: string; data: string | null }, unknown>;
    execResize: Call<{ session: string; columns: number; rows: number }, unknown>;
    execKill: Call<{ session: string }, unknown>;
    hold: Call<{ jail: string; reason: string; by: string }, unknown>;
    unhold: Call<{ jail: string; reason: string; by: string }, unknown>;
  };
}

export const wardenSocketOf = (data: string) => dataDirectory(data).localSocket;

export const hasLocalAgent = (data: string) => existsSync(wardenSocketOf(data));

/** What it says is read as fast as `outs` take what is written to them; `opened` hears of each. */
function socketFor(
  outs: readonly Out[],
  opened: (socket: WebSocket) => void,
): new (
  url: string,
) => WebSocket {
  return class extends WebSocket {
    constructor(url: string) {
      super(url);
      opened(this);
      this.on('message', () => {
        if (!this.isPaused && fullUntil(outs, () => this.resume())) this.pause();
      });
    }
  };
}

/**
 * `isLost`: it has ended, or never came about, and what was asked over it by then is refused. What is asked of it later
 * looks for the agent once more, which another one does better.
 */
export function connectLocalAgent(
  data: string,
  outs: readonly Out[],
): { agent: LocalAgent; isLost: () => boolean; close: () => Promise<void> } {
  const path = wardenSocketOf(data);
  const sockets: WebSocket[] = [];
  let lost = false;
  const opened = (socket: WebSocket) => {
    sockets.push(socket);
    // Before the client hears of it.
    for (const end of ['close', 'error'])
      socket.once(end, () => {
        lost = true;
        failAll(client, agentGone(path));
      });
  };
  const client = sendAtOnce(
    createWSClient({
      url: `ws+unix:${path}:/`,
      WebSocket: socketFor(outs, opened) as never,
      // What waited is refused already; who asks anew looks no more often than this.
      retryDelayMs: () => 250,
    }),
  );
  const agent = createTRPCClient<AnyRouter>({ links: [wsLink({ client, transformer: superjson })] });
  const close = async () => {
    const closed = client.close();
    // It would wait for every answer, and an agent that hangs gives none.
    for (const socket of sockets) socket.terminate();
    await closed;
  };
  return { agent: agent as unknown as LocalAgent, isLost: () => lost, close };
}

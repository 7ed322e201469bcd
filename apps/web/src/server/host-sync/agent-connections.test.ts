import { EventEmitter } from 'node:events';
import type { SealedSocket } from '@cellblock/shared/sealed-socket';
import { afterEach, expect, test, vi } from 'vitest';
import { type AgentClient, AgentConnections } from './agent-connections.ts';
import type { ConnectedHost } from './handshake.ts';

afterEach(() => void vi.useRealTimers());

/** An agent that answers nothing: the frames that it was sent. */
async function anAgent() {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval'] });
  const frames: string[] = [];
  const socket = Object.assign(new EventEmitter(), {
    readyState: 1,
    send: (frame: string) => void frames.push(frame),
    ping: () => {},
    terminate: () => void socket.emit('close'),
  });
  const connections = new AgentConnections();
  const { agent } = connections.add({ id: 'h1' } as ConnectedHost, socket as unknown as SealedSocket);
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  // The client opens it first.
  for (let n = 0; n < 5; n += 1) await turn();
  const ask = (question: (agent: AgentClient) => Promise<unknown>) =>
    void question(agent).catch(() => undefined);
  return { frames, socket, ask, turn };
}

const paths = (frame: string | undefined) =>
  [JSON.parse(frame ?? '[]')].flat().map(({ params }: { params: { path: string } }) => params.path);

test('an agent is asked at once, and in one frame what is asked in one breath', async () => {
  const { frames, ask, turn } = await anAgent();
  ask((agent) => agent.state.get.query());
  await turn();
  ask((agent) => agent.status.get.query());
  ask((agent) => agent.image.list.query());
  await turn();
  // No timer has run.
  expect(frames.map(paths)).toEqual([['state.get'], ['status.get', 'image.list']]);
  await vi.advanceTimersByTimeAsync(10);
  expect(frames).toHaveLength(2);
});

test('a question that cannot be sent fails, and those after it are asked', async () => {
  const { frames, socket, ask, turn } = await anAgent();
  const { send } = socket;
  socket.send = () => {
    throw new Error('no room');
  };
  const failed = vi.fn();
  ask((agent) => agent.state.get.query().catch((error) => failed(error.message)));
  await turn();
  expect(failed).toHaveBeenCalledWith('no room');
  socket.send = send;
  ask((agent) => agent.status.get.query());
  await turn();
  expect(frames.map(paths)).toEqual([['status.get']]);
});

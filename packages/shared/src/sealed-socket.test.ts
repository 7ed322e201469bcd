import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { frameKeys, newExchangeKey } from './frame-seal.ts';
import { type OpenSocket, SealedSocket } from './sealed-socket.ts';

/** Two ends, and whatever stands between: it is given each frame and passes on what it likes. */
function connection(between: (frame: string, pass: (frame: string) => void) => void) {
  const [agent, dashboard] = [newExchangeKey(), newExchangeKey()];
  const transcript = Buffer.from('what both have signed');
  const ofAgent = frameKeys(agent, dashboard.publicKey, transcript);
  const ofDashboard = frameKeys(dashboard, agent.publicKey, transcript);
  const near = wire();
  const far = wire();
  near.sent = (frame) => between(frame, (passed) => far.emit('message', Buffer.from(passed)));
  far.sent = (frame) => near.emit('message', Buffer.from(frame));
  const heard: string[] = [];
  const reasons: string[] = [];
  const sender = new SealedSocket(near, { sends: ofAgent.agent, receives: ofAgent.dashboard }, () => {});
  const receiver = new SealedSocket(
    far,
    { sends: ofDashboard.dashboard, receives: ofDashboard.agent },
    (why) => reasons.push(why),
  );
  receiver.on('message', (data) => heard.push(data.toString()));
  return { near, far, sender, receiver, heard, reasons };
}

function wire() {
  const socket = new EventEmitter() as EventEmitter & OpenSocket & { sent(frame: string): void };
  return Object.assign(socket, {
    readyState: 1,
    OPEN: 1,
    bufferedAmount: 0,
    sent: (_: string) => {},
    send: (text: string) => socket.sent(text),
    close: () => {},
    terminate() {
      Object.assign(socket, { readyState: 3 });
      socket.emit('close');
    },
    ping: () => {},
  });
}

const SAID = ['one', 'two, with an ü', 'three', ''];

test('control: an honest relay passes everything, both ways', () => {
  const { sender, receiver, heard, reasons } = connection((frame, pass) => pass(frame));
  const back: string[] = [];
  sender.on('message', (data) => back.push(data.toString()));
  for (const text of SAID) sender.send(text);
  for (const text of SAID) receiver.send(text);
  expect(heard).toEqual(SAID);
  expect(back).toEqual(SAID);
  expect(reasons).toEqual([]);
});

const held: string[] = [];
test.each<[string, (frame: string, pass: (frame: string) => void, number: number) => void, string[]]>([
  ['changes a frame', (frame, pass, n) => pass(n === 1 ? frame.replace('two', 'six') : frame), ['one']],
  [
    'changes a MAC',
    (frame, pass, n) => pass(n === 1 ? `${frame.startsWith('A') ? 'B' : 'A'}${frame.slice(1)}` : frame),
    ['one'],
  ],
  [
    'puts a frame in',
    (frame, pass, n) => {
      if (n === 1) pass('{"id":1}');
      pass(frame);
    },
    ['one'],
  ],
  [
    'repeats a frame',
    (frame, pass, n) => {
      pass(frame);
      if (n === 1) pass(frame);
    },
    ['one', SAID[1] ?? ''],
  ],
  ['leaves a frame out', (frame, pass, n) => (n === 1 ? undefined : pass(frame)), ['one']],
  [
    'changes the order',
    (frame, pass, n) => {
      if (n === 1) held.push(frame);
      else pass(frame);
      if (n === 2) pass(held.pop() ?? '');
    },
    ['one'],
  ],
  ['cuts a frame off', (frame, pass, n) => pass(n === 1 ? frame.slice(0, 20) : frame), ['one']],
])('a relay that %s ends the connection, and nothing after it is heard', (_, between, before) => {
  let number = 0;
  const { far, sender, heard, reasons } = connection((frame, pass) => between(frame, pass, number++));
  for (const text of SAID) sender.send(text);
  expect(heard).toEqual(before);
  expect(reasons).toEqual([expect.stringMatching(/^frame \d is not the one that was sent/)]);
  expect(far.readyState).toBe(3);
});

test('a frame of one direction is none of the other, nor of another connection', () => {
  const one = connection((frame, pass) => pass(frame));
  const other = connection(() => {});
  let frame = '';
  one.far.sent = (sent) => {
    frame = sent;
  };
  one.receiver.send('from the dashboard');
  one.far.emit('message', Buffer.from(frame));
  expect(one.reasons).toHaveLength(1);
  other.far.emit('message', Buffer.from(frame));
  expect(other.reasons).toHaveLength(1);
});

test('who stands between and knows both public keys knows no key', () => {
  const [agent, dashboard, third] = [newExchangeKey(), newExchangeKey(), newExchangeKey()];
  const text = Buffer.from('t');
  const right = frameKeys(agent, dashboard.publicKey, text).agent;
  expect(frameKeys(dashboard, agent.publicKey, text).agent).toEqual(right);
  expect(frameKeys(third, agent.publicKey, text).agent).not.toEqual(right);
  expect(frameKeys(agent, dashboard.publicKey, Buffer.from('other')).agent).not.toEqual(right);
  expect(frameKeys(agent, dashboard.publicKey, text).dashboard).not.toEqual(right);
});

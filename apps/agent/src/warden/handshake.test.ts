import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
} from 'node:crypto';
import { EventEmitter } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AgentHello, handshakeTranscript, signedTranscript } from '@cellblock/shared/agent-handshake';
import { frameKeys, newExchangeKey } from '@cellblock/shared/frame-seal';
import { SealedSocket } from '@cellblock/shared/sealed-socket';
import { expect, onTestFinished, test } from 'vitest';
import { agentKeyOf } from './agent-key.ts';
import { type FrameSocket, HandshakeRefused, shakeHands } from './handshake.ts';
import { HostFile, readHostFile, writeHostFile } from './host-file.ts';

const id = '0b0c7a2e-4a5e-4f0c-9f0e-0d6a3c1f2b11';
const agentPair = generateKeyPairSync('ed25519');
const key = agentKeyOf(agentPair.privateKey);

function dashboardKey() {
  const { privateKey } = generateKeyPairSync('ed25519');
  return {
    privateKey,
    publicKey: agentKeyOf(createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }))).publicKey,
  };
}

/** A dashboard in few lines; `lie` spoils its signature, `between` what it says after the handshake. */
function dashboard(o: {
  key: ReturnType<typeof dashboardKey>;
  verdicts: unknown[];
  lie?: boolean;
  between?: (frame: string) => string;
  heard: AgentHello[];
}) {
  const socket = new EventEmitter() as EventEmitter & FrameSocket;
  const exchange = newExchangeKey();
  const welcome = {
    type: 'welcome',
    publicKey: o.key.publicKey,
    nonce: 'bm9uY2U=',
    exchange: exchange.publicKey,
  };
  let transcript: Buffer = Buffer.alloc(0);
  let theirs = '';
  const say = (text: string) => setImmediate(() => socket.emit('message', Buffer.from(text)));
  const end = () => {
    Object.assign(socket, { readyState: 3 });
    socket.emit('close');
  };
  Object.assign(socket, { OPEN: 1, readyState: 1, close: end, terminate: end, ping: () => undefined });
  socket.send = (text) => {
    const frame = JSON.parse(text);
    if (frame.type === 'hello') {
      o.heard.push(frame);
      theirs = frame.exchange;
      transcript = handshakeTranscript(o.lie ? { ...frame, counter: 99 } : frame, welcome);
      const signature = sign(null, signedTranscript('dashboard', transcript), o.key.privateKey);
      say(JSON.stringify({ ...welcome, signature: signature.toString('base64') }));
      return;
    }
    const signed = signedTranscript('agent', transcript);
    const proved = verify(
      null,
      signed,
      createPublicKey(agentPair.privateKey),
      Buffer.from(frame.signature, 'base64'),
    );
    if (!proved) return;
    const keys = frameKeys(exchange, theirs, transcript);
    const far = Object.assign(new EventEmitter(), {
      OPEN: 1,
      bufferedAmount: 0,
      readyState: 1,
      send: (sealed: string) => say(o.between?.(sealed) ?? sealed),
      close: end,
      terminate: end,
      ping: () => undefined,
    });
    const channel = new SealedSocket(far, { sends: keys.dashboard, receives: keys.agent }, () => undefined);
    for (const verdict of o.verdicts) channel.send(JSON.stringify(verdict));
  };
  return socket;
}

/** As a line has it: the secret, and the hash of the key of the dashboard that made it. */
function tokenOf({ publicKey }: { publicKey: string }): string {
  return `once.${createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('hex')}`;
}

async function hostFile(token: string | null): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'hand-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const path = join(directory, 'host.json');
  await writeHostFile(path, HostFile.parse({ dashboardUrl: 'http://localhost:1', token }));
  return path;
}

const ready = { type: 'ready', host: id, name: 'h1', dashboard: id };

test('the secret is used once, the dashboard is pinned, the counter grows', async () => {
  const ours = dashboardKey();
  const path = await hostFile(tokenOf(ours));
  const heard: AgentHello[] = [];
  const waited: string[] = [];
  const verdicts = [{ type: 'waiting', fingerprint: 'SHA256:x', message: 'approve' }, ready];
  const o = {
    key,
    hostFile: path,
    agentVersion: '1',
    onWaiting: (fingerprint: string) => waited.push(fingerprint),
  };
  expect(await shakeHands({ ...o, socket: dashboard({ key: ours, verdicts, heard }) })).toMatchObject({
    host: { id, name: 'h1' },
    dashboard: id,
  });
  await shakeHands({ ...o, socket: dashboard({ key: ours, verdicts: [ready], heard }) });
  expect(heard.map(({ counter, token }) => ({ counter, token }))).toEqual([
    { counter: 1, token: tokenOf(ours) },
    { counter: 2, token: undefined },
  ]);
  expect(waited).toEqual(['SHA256:x']);
  expect((await readHostFile(path))?.dashboardKey).toBe(ours.publicKey);
});

test('a line that names its dashboard’s key is given to no other, and control: that one is answered', async () => {
  const ours = dashboardKey();
  const path = await hostFile(tokenOf(ours));
  const o = { key, hostFile: path, agentVersion: '1' };
  await expect(
    shakeHands({ ...o, socket: dashboard({ key: dashboardKey(), verdicts: [ready], heard: [] }) }),
  ).rejects.toMatchObject({ reason: 'foreign-dashboard' });
  await shakeHands({ ...o, socket: dashboard({ key: ours, verdicts: [ready], heard: [] }) });
});

test('a line that was refused leaves its dashboard pinned; control: that one, and the next line’s, are answered', async () => {
  const ours = dashboardKey();
  const path = await hostFile(tokenOf(ours));
  const o = { key, hostFile: path, agentVersion: '1' };
  const heard: AgentHello[] = [];
  const answered = (by: typeof ours, verdict: unknown) =>
    shakeHands({ ...o, socket: dashboard({ key: by, verdicts: [verdict], heard }) });
  const refused = { type: 'refused', reason: 'token-used', message: 'It was used.', fix: 'x' };
  await expect(answered(ours, refused)).rejects.toMatchObject({ reason: 'token-used' });
  expect(await readHostFile(path)).toMatchObject({ token: null, dashboardKey: null });
  await expect(answered(dashboardKey(), ready)).rejects.toMatchObject({ reason: 'foreign-dashboard' });
  const unknown = { ...refused, reason: 'unknown-host' };
  await expect(answered(ours, unknown)).rejects.toMatchObject({ reason: 'unknown-host' });
  expect(heard.map(({ token }) => token)).toEqual([tokenOf(ours), undefined, undefined]);
  // As the enrolment line writes it.
  const other = dashboardKey();
  const file = await readHostFile(path);
  await writeHostFile(path, HostFile.parse({ ...file, token: tokenOf(other), host: null }));
  await expect(answered(ours, ready)).rejects.toMatchObject({ reason: 'foreign-dashboard' });
  expect(await answered(other, ready)).toMatchObject({ host: { name: 'h1' } });
});

test('a host that knows no dashboard’s key yet takes none', async () => {
  for (const token of [null, 'once']) {
    const o = { key, hostFile: await hostFile(token), agentVersion: '1' };
    const anybody = dashboard({ key: dashboardKey(), verdicts: [ready], heard: [] });
    await expect(shakeHands({ ...o, socket: anybody })).rejects.toMatchObject({
      reason: 'foreign-dashboard',
      refusal: { fix: expect.stringContaining('cellblock host enroll') },
    });
  }
});

test('another dashboard, one that lies, and a refusal each end it with a reason', async () => {
  const ours = dashboardKey();
  const path = await hostFile(tokenOf(ours));
  const o = { key, hostFile: path, agentVersion: '1' };
  const attempt = (socket: FrameSocket) => shakeHands({ ...o, socket });
  await expect(
    attempt(dashboard({ key: ours, verdicts: [ready], heard: [], lie: true })),
  ).rejects.toMatchObject({
    reason: 'bad-proof',
  });
  await attempt(dashboard({ key: ours, verdicts: [ready], heard: [] }));
  await expect(
    attempt(dashboard({ key: dashboardKey(), verdicts: [ready], heard: [] })),
  ).rejects.toMatchObject({
    reason: 'foreign-dashboard',
  });
  const refused = { type: 'refused', reason: 'locked', message: 'Host h1 is locked.', fix: 'x' };
  await expect(attempt(dashboard({ key: ours, verdicts: [refused], heard: [] }))).rejects.toThrow(
    HandshakeRefused,
  );
});

test('a verdict that was changed on the way ends the connection; control: as it was it is taken', async () => {
  const ours = dashboardKey();
  const path = await hostFile(tokenOf(ours));
  const o = { key, hostFile: path, agentVersion: '1' };
  const spoilt = (frame: string) => frame.replace('"h1"', '"h2"');
  const changed = dashboard({ key: ours, verdicts: [ready], heard: [], between: spoilt });
  await expect(shakeHands({ ...o, socket: changed })).rejects.toThrow('the connection closed');
  const said: string[] = [];
  const kept = dashboard({
    key: ours,
    verdicts: [ready],
    heard: [],
    between: (frame) => {
      said.push(frame);
      return frame;
    },
  });
  expect(await shakeHands({ ...o, socket: kept })).toMatchObject({ host: { name: 'h1' } });
  expect(said[0]).toContain('"h1"');
});

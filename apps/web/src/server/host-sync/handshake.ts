import { randomBytes, verify } from 'node:crypto';
import {
  AgentHello,
  AgentProof,
  type DashboardVerdict,
  type DashboardWelcome,
  handshakeTranscript,
  signedTranscript,
} from '@cellblock/shared/agent-handshake';
import { frameKeys, newExchangeKey } from '@cellblock/shared/frame-seal';
import { SealedSocket } from '@cellblock/shared/sealed-socket';
import type { WebSocket } from 'ws';
import type { WebServices } from '../web-services.ts';
import { type Admission, admitAgent } from './admit-agent.ts';
import { FrameReader } from './frame-reader.ts';
import { publicKeyOfRaw } from './installation-key.ts';

const FRAME_MS = 10_000;
const WAITING_ROOM_POLL_MS = 500;

export interface ConnectedHost {
  id: string;
  name: string;
}

type Verdict = Extract<Admission, { type: 'refused' }>;

/**
 * The dashboard's side of agent-handshake.ts: proves itself, has the agent prove its key, then admits it,
 * keeps it waiting until somebody approves it, or refuses it. Null: the socket is closed or will be.
 */
export async function shakeHands(
  services: WebServices,
  socket: WebSocket,
  sourceAddress: string | null,
): Promise<{ host: ConnectedHost; channel: SealedSocket } | null> {
  const frames = new FrameReader(socket);
  let channel: SealedSocket | null = null;
  const say = (frame: DashboardVerdict | DashboardWelcome) => (channel ?? socket).send(JSON.stringify(frame));
  const refuse = ({ reason, message, cause, fix }: Omit<Verdict, 'type'>) => {
    say({ type: 'refused', reason, message, cause, fix });
    socket.close(1000, reason);
    return null;
  };
  try {
    const said = await frames.next(FRAME_MS);
    const hello = AgentHello.safeParse(said);
    if (!hello.success) return refuse(badHello('the first frame is no hello of version 2'));
    const agentKey = publicKeyOfRaw(hello.data.publicKey);
    if (agentKey === null) return refuse(badHello('its key is no raw Ed25519 key'));

    const { key } = services.installation;
    const nonce = randomBytes(32).toString('base64');
    const exchange = newExchangeKey();
    const welcome = {
      type: 'welcome' as const,
      publicKey: key.publicKey,
      nonce,
      exchange: exchange.publicKey,
    };
    const transcript = handshakeTranscript(said, welcome);
    const keys = frameKeys(exchange, hello.data.exchange, transcript);
    say({ ...welcome, signature: key.sign(signedTranscript('dashboard', transcript)) });

    const proof = AgentProof.safeParse(await frames.next(FRAME_MS));
    frames.release();
    channel = new SealedSocket(socket, { sends: keys.dashboard, receives: keys.agent }, (why) =>
      console.error(`agent at ${sourceAddress} is hung up on: ${why}`),
    );
    const signed = signedTranscript('agent', transcript);
    if (!proof.success || !verify(null, signed, agentKey, Buffer.from(proof.data.signature, 'base64'))) {
      return refuse({
        reason: 'bad-proof',
        message: 'The signature does not belong to the key.',
        cause: 'Somebody stands between this host and the dashboard, or the key file is damaged.',
        fix: 'On the host: cellblock status; when its fingerprint is not that of the dashboard, look who stands between; else restart the agent: cellblock down; cellblock up',
      });
    }
    let admission = await admitAgent(services, hello.data, sourceAddress);
    if (admission.type === 'waiting') {
      say({ type: 'waiting', fingerprint: admission.fingerprint, message: admission.message });
      admission = await waitForApproval(services, socket, admission);
    }
    if (admission.type === 'refused') return refuse(admission);
    if (admission.type === 'waiting') return null;
    say({
      type: 'ready',
      host: admission.host.id,
      name: admission.host.name,
      dashboard: services.installation.id,
    });
    return { host: admission.host, channel };
  } catch (error) {
    console.error(`agent at ${sourceAddress}: ${(error as Error).message}`);
    socket.close(1011, 'handshake failed');
    return null;
  }
}

function badHello(cause: string): Omit<Verdict, 'type'> {
  return {
    reason: 'bad-hello',
    message: 'This is not an agent that this dashboard understands.',
    cause: `It is of another version: ${cause}.`,
    fix: "Bring the host to the dashboard's build: cellblock host enroll, and paste its line on the host again.",
  };
}

/** The database decides, whichever dashboard somebody approved at. */
async function waitForApproval(
  services: WebServices,
  socket: WebSocket,
  waiting: Extract<Admission, { type: 'waiting' }>,
): Promise<Admission> {
  while (socket.readyState === socket.OPEN) {
    await new Promise((resolve) => setTimeout(resolve, WAITING_ROOM_POLL_MS));
    const host = await services.db.host.findUnique({ where: { id: waiting.host.id } });
    if (host?.state === 'ready') return { type: 'ready', host: { id: host.id, name: host.name } };
    if (host?.state !== 'waiting') {
      return {
        type: 'refused',
        reason: 'rejected',
        message: 'An administrator did not approve this host.',
        cause: 'It was removed while it waited with its fingerprint.',
        fix: 'Enrol it again with a new line: cellblock host enroll',
      };
    }
  }
  return waiting;
}

import { createHash, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { AppError, type Refusal } from '@cellblock/shared/app-error';
import { canonicalJson } from '@cellblock/shared/canonical-json';
import { addressesOf, jailsOf, networksOf } from '@cellblock/shared/host-spec';
import type { HostStatus } from '@cellblock/shared/host-status';
import type { Receipt, ReceiptBody } from '@cellblock/shared/receipt';
import type { Role } from '@cellblock/shared/role';
import type { Change } from './change-fleet.ts';
import { connectDb, type Db } from './db.ts';
import { buildHostSpec, loadSpecRows } from './host-sync/build-host-spec.ts';
import { recordReceipts } from './host-sync/record-receipts.ts';
import { recordStatus } from './host-sync/record-status.ts';
import type { VerbContext } from './verb-context.ts';

/** A fleet for tests: the real database, and hosts whose word is written by the test. */

export function testDb(): Db {
  const url = process.env.DATABASE_URL;
  if (!url) throw new Error('the db suite gives DATABASE_URL');
  return connectDb(url, 20);
}

export function as(db: Db, name = 'mira', role: Role = 'admin'): VerbContext {
  return {
    db,
    actor: { type: 'user', id: `user-${name}`, name },
    role,
    session: { id: `session-${name}`, credential: 'password+totp' },
    sourceAddress: '192.0.2.7',
    requestId: randomUUID(),
  };
}

/** The object of a change that was made; a preview here is a mistake of the test. */
export function made<T>(change: Change<T>): { task: NonNullable<unknown> & { id: string }; object: T } {
  if ('plan' in change) throw new Error('this was a preview');
  return { task: change.task ?? { id: 'none' }, object: change.object };
}

export class TestHost {
  readonly db: Db;
  readonly id: string;
  readonly name: string;
  private readonly key: KeyObject;
  facts: HostStatus['facts'];
  bounds: HostStatus['bounds'];
  problems: HostStatus['problems'] = [];
  refused: HostStatus['refused'] = [];
  /** what each running jail uses */
  usage: HostStatus['jails'][number]['usage'] = null;
  private last = { seq: 0, hash: '0'.repeat(64) };

  private constructor(db: Db, id: string, name: string, key: KeyObject) {
    this.db = db;
    this.id = id;
    this.name = name;
    this.key = key;
    this.facts = {
      hostname: name,
      kernel: '6.18.0',
      distribution: 'Debian 12',
      architecture: 'x86_64',
      agentVersion: '0.1.0',
      instance: '01234567',
      bootId: randomUUID(),
      bootedAt: new Date().toISOString(),
      cpus: 2,
      memoryBytes: 2 ** 31,
      addresses: [{ link: 'eth0', prefix: '198.51.100.7/24' }],
      routes: [
        { destination: '0.0.0.0/0', gateway: '198.51.100.1', link: 'eth0' },
        { destination: '198.51.100.0/24', link: 'eth0' },
      ],
      bridges: [],
      controllers: ['memory', 'cpu', 'pids', 'io', 'io-weight', 'devices'],
    };
    this.bounds = {
      rootPrefixes: ['/srv/jails'],
      viewPrefixes: [],
      devices: [],
      imageSources: [],
      maxImageBytes: 16 * 1024 ** 3,
      maxImageFiles: 1_000_000,
      lab: false,
      subnets: [],
      parents: ['br0'],
      maxJails: 1000,
      maxMemory: null,
      maxCpus: null,
      maxPids: null,
      maxCpuWeight: null,
      maxIoReadBytes: null,
      maxIoWriteBytes: null,
      exec: true,
      console: true,
      hostSettings: [],
    };
  }

  static async enroll(db: Db, name: string): Promise<TestHost> {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
    const row = await db.host.create({
      data: {
        name,
        publicKey: raw.toString('base64'),
        fingerprint: `SHA256:${createHash('sha256').update(raw).digest('hex').slice(0, 40)}`,
        state: 'ready',
        approvedAt: new Date(),
      },
    });
    return new TestHost(db, row.id, name, privateKey);
  }

  spec() {
    return loadSpecRows(this.db, this.id).then(buildHostSpec);
  }

  /** What a host says that has made true all of what it is told now. */
  async obedient(): Promise<HostStatus> {
    const spec = await this.spec();
    const jails = jailsOf(spec);
    const running = new Set(jails.filter(({ wanted }) => wanted === 'running').map(({ id }) => id));
    return {
      accepted: spec.generation,
      converged: spec.generation,
      at: new Date().toISOString(),
      facts: this.facts,
      checks: [],
      bounds: this.bounds,
      jails: jails.map((jail) => ({
        id: jail.id,
        key: jail.key,
        name: jail.name,
        state: jail.wanted,
        startNumber: jail.startNumber,
        startedAt: jail.wanted === 'running' ? new Date().toISOString() : null,
        pid: jail.wanted === 'running' ? 4711 : null,
        exit: null,
        restarts: 0,
        nextRestartAt: null,
        idBase: 1879048192,
        usage: jail.wanted === 'running' ? this.usage : null,
        hold: null,
        hasStorage: !jail.purge,
      })),
      addresses: addressesOf(spec).map(({ id, address, jail, wanted }) => ({
        id,
        address,
        jail,
        state: wanted === 'absent' ? 'absent' : running.has(jail) ? 'present' : 'waiting',
      })),
      networks: networksOf(spec).map(({ id, wanted }) => ({ id, link: null, state: wanted })),
      problems: this.problems,
      refused: this.refused,
      receipts: this.last.seq,
    };
  }

  /** Reports; twice, because what was confirmed as gone gives the host a new generation. */
  async report(): Promise<void> {
    await recordStatus(this.db, this.id, await this.obedient());
    await recordStatus(this.db, this.id, await this.obedient());
  }

  receipt(body: Partial<ReceiptBody> = {}): Receipt {
    const full: ReceiptBody = {
      v: 1,
      host: this.id,
      seq: this.last.seq + 1,
      prev: this.last.hash,
      generation: 1,
      cause: null,
      object: 'host',
      step: { kind: 'guard.install' },
      text: 'install the guard that judges the ports of jails',
      result: 'done',
      errno: null,
      message: null,
      before: null,
      after: null,
      at: new Date().toISOString(),
      durationMs: 1.5,
      bounds: 'f'.repeat(64),
      ...body,
    };
    const bytes = Buffer.from(canonicalJson(full));
    this.last = { seq: full.seq, hash: createHash('sha256').update(bytes).digest('hex') };
    return { body: full, signature: sign(null, bytes, this.key).toString('base64') };
  }

  async account(...receipts: Receipt[]) {
    return await recordReceipts(this.db, this.id, receipts);
  }
}

/** The refusal that a verb answers with; anything else is a mistake of the test. */
export async function refusal(promise: Promise<unknown>): Promise<Refusal> {
  const error = await promise.then(
    () => new Error('it was not refused'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof AppError) return error.refusal;
  throw error;
}

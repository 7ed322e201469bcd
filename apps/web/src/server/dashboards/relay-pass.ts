import * as z from 'zod';

/** What one dashboard shows another to ask one host through it; good once, and for a minute. */
const Pass = z.strictObject({
  v: z.literal(1),
  from: z.uuid(),
  to: z.uuid(),
  host: z.uuid(),
  nonce: z.uuid(),
  /** milliseconds since 1970 */
  at: z.int(),
});
export type RelayPass = z.infer<typeof Pass>;

const VALID_MS = 60_000;
/** Nothing else that the installation's key signs begins like this. */
const signed = (body: string) => Buffer.from(`cellblock/v1 relay\n${body}`);

export function writePass(pass: RelayPass, sign: (data: Buffer) => string): string {
  const body = Buffer.from(JSON.stringify(pass)).toString('base64url');
  return `${body}.${Buffer.from(sign(signed(body)), 'base64').toString('base64url')}`;
}

/** Takes each pass once. `me`: the dashboard that is asked. */
export class PassReader {
  readonly #me: string;
  readonly #verify: (data: Buffer, signature: Buffer) => boolean;
  readonly #used = new Map<string, number>();

  constructor(me: string, verify: (data: Buffer, signature: Buffer) => boolean) {
    this.#me = me;
    this.#verify = verify;
  }

  /** null: it is not ours, not for us, too old, or was used. */
  read(text: string, now = Date.now()): RelayPass | null {
    const [body = '', signature = '', more] = text.split('.');
    if (more !== undefined || !this.#verify(signed(body), Buffer.from(signature, 'base64url'))) return null;
    const pass = Pass.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString('utf8')));
    if (!pass.success || pass.data.to !== this.#me || Math.abs(now - pass.data.at) > VALID_MS) return null;
    for (const [nonce, until] of this.#used) if (until < now) this.#used.delete(nonce);
    if (this.#used.has(pass.data.nonce)) return null;
    this.#used.set(pass.data.nonce, pass.data.at + VALID_MS + 1);
    return pass.data;
  }
}

import { canonicalJson } from '@cellblock/shared/canonical-json';
import type { HostSpec, SpecKey, SpecObject, SpecPut, SpecPutAnswer } from '@cellblock/shared/host-spec';
import { specDigest } from '@cellblock/shared/spec-digest';

/** The difference that turns `base` into `spec`; without a base, all of it. */
export function specPut(
  from: { dashboard: string; epoch: string },
  base: HostSpec | null,
  spec: HostSpec,
): Omit<SpecPut, 'expect'> {
  const before: ReadonlyMap<SpecKey, SpecObject> = base?.objects ?? new Map();
  const changed: SpecObject[] = [];
  for (const [key, object] of spec.objects) {
    const old = before.get(key);
    if (old === undefined || canonicalJson(old) !== canonicalJson(object)) changed.push(object);
  }
  return {
    ...from,
    generation: spec.generation,
    base: base?.generation ?? null,
    changed,
    removed: [...before.keys()].filter((key) => !spec.objects.has(key)),
    digest: specDigest(spec.objects),
  };
}

/**
 * Tells one agent what its host should be. Remembers what the agent has accepted on this connection, so
 * that one changed jail costs one jail; when the agent holds something else, it is sent all of it.
 */
export class SpecSender {
  readonly #from: { dashboard: string; epoch: string };
  readonly #put: (put: Omit<SpecPut, 'expect'>) => Promise<SpecPutAnswer>;
  #accepted: HostSpec | null = null;

  constructor(
    from: { dashboard: string; epoch: string },
    put: (put: Omit<SpecPut, 'expect'>) => Promise<SpecPutAnswer>,
  ) {
    this.#from = from;
    this.#put = put;
  }

  get accepted(): number | null {
    return this.#accepted?.generation ?? null;
  }

  /** Answers what the agent said last: after a resync, what it said to all of it. */
  async send(spec: HostSpec): Promise<SpecPutAnswer> {
    let answer = await this.#put(specPut(this.#from, this.#accepted, spec));
    if (answer.result === 'resync') {
      this.#accepted = null;
      answer = await this.#put(specPut(this.#from, null, spec));
    }
    if (answer.result === 'accepted') this.#accepted = spec;
    return answer;
  }
}

import canonicalizeJson from 'canonicalize';

/** RFC 8785 (JCS): the one text of a JSON value, what digests and signatures are taken over. */
export function canonicalJson(value: unknown): string {
  // canonicalize is CommonJS: its function is the module itself, whatever its declaration says.
  const text = (canonicalizeJson as unknown as (value: unknown) => string | undefined)(value);
  if (text === undefined) throw new TypeError('a value without a JSON form cannot be made canonical');
  return text;
}

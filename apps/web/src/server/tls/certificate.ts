import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import net from 'node:net';
import { bits, boolean, integer, octets, oid, sequence, set, tagged, time, tlv, utf8 } from './der.ts';

const ECDSA_WITH_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));
const COMMON_NAME = oid('2.5.4.3');
const EXTENSION = {
  subjectKey: oid('2.5.29.14'),
  keyUsage: oid('2.5.29.15'),
  names: oid('2.5.29.17'),
  basicConstraints: oid('2.5.29.19'),
  authorityKey: oid('2.5.29.35'),
  extendedKeyUsage: oid('2.5.29.37'),
};
const SERVER_AUTH = oid('1.3.6.1.5.5.7.3.1');

export interface Issuer {
  name: string;
  key: KeyObject;
}

export function newKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

/** A certificate authority's own certificate, PEM. It may sign servers, and no other authority. */
export function authorityCertificate(issuer: Issuer, until: Date): string {
  return certificate(issuer, issuer.name, issuer.key, until, [
    extension(EXTENSION.basicConstraints, true, sequence(boolean(true), integer(Buffer.from([0])))),
    // keyCertSign and cRLSign
    extension(EXTENSION.keyUsage, true, bits(Buffer.from([0x06]), 1)),
  ]);
}

/** A server's certificate, PEM, for DNS names and addresses. */
export function serverCertificate(
  issuer: Issuer,
  key: KeyObject,
  names: readonly string[],
  until: Date,
): string {
  const first = names[0] ?? 'localhost';
  return certificate(issuer, first, key, until, [
    extension(EXTENSION.basicConstraints, true, sequence()),
    // digitalSignature
    extension(EXTENSION.keyUsage, true, bits(Buffer.from([0x80]), 7)),
    extension(EXTENSION.extendedKeyUsage, false, sequence(SERVER_AUTH)),
    extension(EXTENSION.names, false, sequence(...names.map(generalName))),
  ]);
}

function certificate(issuer: Issuer, subject: string, key: KeyObject, until: Date, own: Buffer[]): string {
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' });
  // An hour back: the clocks of those who look may be behind.
  const from = new Date(Date.now() - 3_600_000);
  const extensions = [
    ...own,
    extension(EXTENSION.subjectKey, false, octets(keyId(key))),
    extension(EXTENSION.authorityKey, false, sequence(tlv(0x80, keyId(issuer.key)))),
  ];
  const serial = randomBytes(16);
  serial[0] = 0x40 | ((serial[0] ?? 0) & 0x3f);
  const body = sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(serial),
    ECDSA_WITH_SHA256,
    commonName(issuer.name),
    sequence(time(from), time(until)),
    commonName(subject),
    publicKey,
    tagged(3, sequence(...extensions)),
  );
  const der = sequence(body, ECDSA_WITH_SHA256, bits(sign('sha256', body, issuer.key)));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function extension(id: Buffer, critical: boolean, value: Buffer): Buffer {
  return sequence(id, ...(critical ? [boolean(true)] : []), octets(value));
}

function commonName(name: string): Buffer {
  return sequence(set(sequence(COMMON_NAME, utf8(name))));
}

function generalName(name: string): Buffer {
  switch (net.isIP(name)) {
    case 4:
      return tlv(0x87, Buffer.from(name.split('.').map(Number)));
    case 6:
      return tlv(0x87, v6Bytes(name));
    default:
      return tlv(0x82, Buffer.from(name));
  }
}

function v6Bytes(address: string): Buffer {
  const [front = '', back = ''] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const zeros = Array<string>(8 - groups(front).length - groups(back).length).fill('0');
  const all = address.includes('::') ? [...groups(front), ...zeros, ...groups(back)] : groups(front);
  return Buffer.from(
    all.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]),
  );
}

function keyId(key: KeyObject): Buffer {
  return createHash('sha1')
    .update(createPublicKey(key).export({ type: 'spki', format: 'der' }))
    .digest();
}

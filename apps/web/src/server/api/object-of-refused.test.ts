import { AuditKind } from '@cellblock/shared/audit-event';
import { expect, test } from 'vitest';
import { objectOfRefused } from './object-of-refused.ts';

test.each<[AuditKind, unknown, string]>([
  ['jail.stop', { jail: 'web1' }, 'jail web1'],
  ['jail.create', { name: 'web1', host: 'h1' }, 'jail web1'],
  ['ip.assign', { jail: 'web1', address: '10.0.0.5' }, 'address 10.0.0.5'],
  ['grant.see', { viewer: 'web1', target: 'web2', seconds: 60 }, 'jail web1'],
  ['grant.revoke', { viewer: 'web1', target: 'web2' }, 'jail web1'],
  ['answers.run', { host: 'h1', rows: [], mails: [] }, 'host h1'],
  ['answers.cancel', { host: 'h1' }, 'host h1'],
  ['image.bootstrap', { host: 'h1', distribution: 'debian:12' }, 'image debian:12'],
  ['image.pull', { reference: 'localhost:5000/nginx' }, 'image localhost:5000/nginx'],
  ['image.upload', { name: 'root.tar' }, 'image root.tar'],
  ['image.remove', { image: 'nginx' }, 'image nginx'],
  ['document.put', { documents: [{ kind: 'Jail', metadata: { name: 'web1' } }] }, 'jail web1'],
  ['grant.see', null, 'jail (none given)'],
  ['installation.claim', { name: 'mira' }, 'installation mira'],
])('the refusal of %s with %j stands at %s', (kind, input, object) => {
  const { type, id, name } = objectOfRefused(kind, input);
  expect(`${type} ${name}`).toBe(object);
  expect(id).toBe(name);
});

/** Acts on people's own sessions, or on documents that cannot be read: nothing else has their name. */
const AT_THE_INSTALLATION = ['installation', 'session', 'document'];

test('no other act’s refusal stands at the installation', () => {
  const astray = AuditKind.options.filter((kind) => objectOfRefused(kind, {}).type === 'installation');
  expect(astray.filter((kind) => !AT_THE_INSTALLATION.includes(kind.split('.')[0] ?? ''))).toEqual([]);
});

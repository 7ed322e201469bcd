import { cliJail } from '@cellblock/shared/cli-output';
import { jailDocument } from '@cellblock/shared/document';
import type { JailSeen } from '@cellblock/shared/host-status';
import { limitsText } from '@cellblock/shared/jail-limits';
import { shellWords } from '@cellblock/shared/shell-words';
import { storageText } from '@cellblock/shared/storage-text';
import type { JailSummary, JailView } from '@cellblock/shared/views/jail-view';
import { ageText, momentText } from '../output/moment.ts';
import { keyValues, type Printable } from '../output/print.ts';

/** Wanted and seen stand in columns of their own; an address that no host confirmed says so. */
export function jailTable(jails: readonly JailSummary[], now: Date): Printable {
  return {
    data: jails.map(cliJail),
    headings: ['NAME', 'HOST', 'WANTED', 'SEEN', 'ADDRESSES', 'SINCE'],
    rows: jails.map((jail) => [
      jail.name,
      jail.host.name,
      jail.wanted.state,
      seenText(jail, now),
      addressesText(jail),
      ageText(jail.startedAt, now),
    ]),
    names: jails.map((jail) => jail.name),
  };
}

/** Of a silent host only the age of what it said last is known. */
function seenText(jail: JailSummary, now: Date): string {
  if (jail.seenAt === null || jail.state === 'wanted') return '-';
  return jail.state === 'unknown' ? `unknown, as of ${ageText(jail.seenAt, now)} ago` : jail.state;
}

function addressesText(jail: JailSummary): string {
  if (jail.addresses.length === 0) return '-';
  return jail.addresses
    .map((held) => (held.state === 'assigned' ? held.address : `${held.address} (${held.state})`))
    .join(', ');
}

/** One jail: the document for programs, its facts for people. */
export function jailDetail(jail: JailView): Printable {
  const { limits } = jail.settings;
  const seen = jail.seen;
  const storage = storageText(jail.settings.storage, seen?.usage ?? null);
  return keyValues(
    jailDocument(jail),
    [jail.name],
    [
      ['name', jail.name],
      ['host', jail.host.state === 'ready' ? jail.host.name : `${jail.host.name} (${jail.host.state})`],
      ['wanted', jail.wanted.state],
      ['seen', seen === null ? 'not reported yet' : `${jail.state}, as of ${momentText(jail.seenAt)}`],
      ['pid', String(seen?.pid ?? '-')],
      ['root', jail.root],
      ['command', jail.settings.command ? shellWords(jail.settings.command) : 'init that reaps and waits'],
      ...jail.interfaces.flatMap((link): [string, string][] => [
        [link.name, `${link.network.name}, ${link.mac}`],
        ...link.addresses.map((held): [string, string] => [
          '',
          `${held.address}/${held.prefixLength} ${held.state}${
            held.seenFrom === null ? '' : `, confirmed ${momentText(held.seenFrom)}`
          }`,
        ]),
      ]),
      ['limits', limitsText(limits)],
      ...(storage === null ? [] : ([['storage', storage]] as const)),
      ...(seen?.hold ? ([['held', `${seen.hold.reason} (by ${seen.hold.by})`]] as const) : []),
      ...(jail.problem === null
        ? []
        : ([
            ['problem', `${jail.problem.step}: ${jail.problem.code ?? ''} ${jail.problem.message}`],
            ...(jail.problem.fix === undefined ? [] : ([['fix', jail.problem.fix]] as const)),
          ] as const)),
      ['id', jail.id],
    ],
  );
}

/** What the agent alone can say: seen, without what is wanted. */
export function seenJailTable(jails: readonly JailSeen[], now: Date): Printable {
  return {
    data: jails,
    headings: ['NAME', 'SEEN', 'PID', 'SINCE', 'RESTARTS'],
    rows: jails.map((jail) => [
      jail.name,
      jail.state,
      String(jail.pid ?? '-'),
      ageText(jail.startedAt, now),
      String(jail.restarts),
    ]),
    names: jails.map((jail) => jail.name),
  };
}

export function seenJailDetail(jail: JailSeen, addresses: readonly string[]): Printable {
  return keyValues(
    { ...jail, addresses },
    [jail.name],
    [
      ['name', jail.name],
      ['seen', jail.state],
      ['pid', String(jail.pid ?? '-')],
      ['started', momentText(jail.startedAt)],
      ['addresses', addresses.join(', ') || '-'],
      ['restarts', String(jail.restarts)],
      ...(jail.hold === null ? [] : ([['held', `${jail.hold.reason} (by ${jail.hold.by})`]] as const)),
      ['id', jail.id],
    ],
  );
}

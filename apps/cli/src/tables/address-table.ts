import type { AddressAt, AddressView, AssignmentRecord } from '@cellblock/shared/views/address-view';
import { momentText } from '../output/moment.ts';
import { keyValues, type Printable } from '../output/print.ts';

export function addressDetail(address: AddressView): Printable {
  const { current } = address;
  return keyValues(
    address,
    [address.address],
    [
      ['address', address.address],
      ['state', address.state],
      ['network', address.network?.name ?? 'none: it lies in no subnet of this installation'],
      ['pool', address.pool?.name ?? '-'],
      ...(current === null
        ? []
        : ([
            ['jail', `${current.jail.name} on ${current.host.name}, ${current.interface}`],
            ['wanted', `since ${momentText(current.wantedFrom)} by ${current.assignedBy}`],
            ['seen', current.seenFrom === null ? 'not confirmed' : `since ${momentText(current.seenFrom)}`],
            ...(current.successor === null ? [] : ([['next', current.successor.jail.name]] as const)),
          ] as const)),
      ...(address.coolingUntil === null
        ? []
        : ([['cooling', `until ${momentText(address.coolingUntil)}`]] as const)),
      ...(address.reservation === null
        ? []
        : ([['reserved', `${address.reservation.reason} (by ${address.reservation.by})`]] as const)),
    ],
  );
}

/** Newest first, both pairs of moments. */
export function historyTable(records: readonly AssignmentRecord[]): Printable {
  return {
    data: records,
    headings: ['JAIL', 'HOST', 'WANTED FROM', 'SEEN FROM', 'WANTED UNTIL', 'SEEN GONE', 'BY', 'NOTE'],
    rows: records.map((record) => [
      record.jail.name,
      record.host.name,
      momentText(record.wantedFrom),
      momentText(record.seenFrom),
      momentText(record.wantedUntil),
      momentText(record.seenGone),
      record.assignedBy,
      record.forced === null ? '-' : `closed unconfirmed by ${record.forced.by}: ${record.forced.reason}`,
    ]),
    names: records.map((record) => record.jail.name),
  };
}

export function addressAtTable(answer: AddressAt): Printable {
  return keyValues(answer, answer.record === null ? [] : [answer.record.jail.name], [
    ['address', answer.address],
    ['at', momentText(answer.at)],
    ['jail', answer.record?.jail.name ?? '-'],
    ['host', answer.record?.host.name ?? '-'],
    ['answer', answer.answer],
    ['', answer.text],
  ]);
}

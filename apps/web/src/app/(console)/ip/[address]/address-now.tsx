'use client';
import type { AddressView } from '@cellblock/shared/views/address-view';
import { Link } from '@/app/link';
import { paths } from '@/paths';
import { KeyValues } from '@/ui/key-values';
import { Moment } from '@/ui/moment';

/** Who holds it, since when, and on whose word: the dashboard's or the host's. */
export function AddressNow({ view }: { view: AddressView }) {
  const { current, network, pool, reservation, coolingUntil } = view;
  return (
    <KeyValues
      rows={[
        [
          'Network',
          network ? (
            <Link
              key="n"
              href={paths.network(network.name, { sel: view.address })}
              className="hover:underline"
            >
              {network.name}
            </Link>
          ) : (
            'none of this installation'
          ),
        ],
        ['Pool', pool ? pool.name : 'none: it is not given to jails'],
        ...(current
          ? ([
              [
                'Holder',
                <span key="h">
                  <Link
                    href={paths.jail(current.jail.name, 'network')}
                    className="font-medium hover:underline"
                  >
                    {current.jail.name}
                  </Link>{' '}
                  on{' '}
                  <Link href={paths.host(current.host.name)} className="mono hover:underline">
                    {current.host.name}
                  </Link>
                </span>,
              ],
              [
                'Interface',
                <span key="i" className="mono">
                  {current.interface}
                </span>,
              ],
              ['Wanted since', <Moment key="w" at={current.wantedFrom} show="both" />],
              [
                'Seen since',
                current.seenFrom ? (
                  <Moment key="s" at={current.seenFrom} show="both" />
                ) : (
                  `not yet: ${current.host.name} has not confirmed it`
                ),
              ],
              ['Assigned by', <EventLink key="b" seq={current.assignEvent.seq} text={current.assignedBy} />],
              [
                'Being released',
                current.wantedUntil ? (
                  <span key="r">
                    since <Moment at={current.wantedUntil} show="both" />, until {current.host.name} confirms
                  </span>
                ) : undefined,
              ],
              [
                'Goes next to',
                current.successor ? (
                  <Link
                    key="x"
                    href={paths.jail(current.successor.jail.name, 'network')}
                    className="hover:underline"
                  >
                    {current.successor.jail.name}
                  </Link>
                ) : undefined,
              ],
            ] as const)
          : []),
        ['Cooling until', coolingUntil ? <Moment key="c" at={coolingUntil} show="both" /> : undefined],
        [
          'Reserved',
          reservation ? (
            <span key="rs">
              {reservation.reason}, by {reservation.by}
              {reservation.until && (
                <>
                  {' '}
                  until <Moment at={reservation.until} show="absolute" />
                </>
              )}
            </span>
          ) : undefined,
        ],
      ]}
    />
  );
}

export function EventLink({ seq, text }: { seq: number | null; text: string }) {
  if (seq === null) return <>{text}</>;
  return (
    <>
      {text},{' '}
      <Link href={paths.auditEvent(seq)} className="hover:underline">
        event #{seq}
      </Link>
    </>
  );
}

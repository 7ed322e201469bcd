'use client';
import type { JailView } from '@cellblock/shared/views/jail-view';
import { Link } from '@/app/link';
import { paths } from '@/paths';
import { KeyValues } from '@/ui/key-values';
import { Panel } from '@/ui/panel';
import { Loaded } from '../../../../loaded';
import { useJail } from '../use-jail';
import { AddressTable } from './address-table';

export function JailNetwork() {
  return (
    <Loaded query={useJail()}>
      {(jail) => (
        <div className="flex max-w-4xl flex-col gap-4">
          <AddressTable jail={jail} />
          {jail.interfaces.map((nic) => (
            <Interface key={nic.id} nic={nic} />
          ))}
        </div>
      )}
    </Loaded>
  );
}

function Interface({ nic }: { nic: JailView['interfaces'][number] }) {
  return (
    <Panel title={<span className="mono">{nic.name}</span>} meta="in the jail">
      <KeyValues
        rows={[
          [
            'Network',
            <Link key="network" href={paths.network(nic.network.name)} className="hover:underline">
              {nic.network.name}
            </Link>,
          ],
          [
            'Reach',
            nic.network.reach === 'host' ? 'jails on this host only' : 'the segment behind the parent bridge',
          ],
          [
            'MAC',
            <span key="mac" className="mono">
              {nic.mac}
            </span>,
          ],
          [
            'Guard',
            'Its port passes frames from this MAC and these addresses only; everything else is dropped.',
          ],
        ]}
      />
    </Panel>
  );
}

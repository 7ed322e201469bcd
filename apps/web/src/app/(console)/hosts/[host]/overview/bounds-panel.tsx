'use client';
import type { HostView } from '@cellblock/shared/views/host-view';
import { KeyValues } from '@/ui/key-values';
import { bytesText } from '@/ui/number-text';
import { Panel } from '@/ui/panel';

const list = (names: readonly string[], none: string) =>
  names.length > 0 ? <span className="mono break-words">{names.join(', ')}</span> : none;

const prefixText = ({ path, writable, idmapped }: NonNullable<HostView['bounds']>['viewPrefixes'][number]) =>
  `${path} ${writable ? 'writable' : idmapped ? 'idmapped' : 'read only'}`;

/** What the host's own file lets any dashboard ask for. It is shown here and can only be changed there. */
export function BoundsPanel({ bounds }: { bounds: HostView['bounds'] }) {
  if (!bounds) return null;
  return (
    <Panel
      title="Bounds"
      meta="set by root on the host, in /etc/cellblock/bounds.d or, with --data DIR, DIR/bounds.d; no dashboard can change them"
    >
      <KeyValues
        rows={[
          ['Roots below', list(bounds.rootPrefixes, 'nowhere: only host-usr roots')],
          ['Shown to jails', list(bounds.viewPrefixes.map(prefixText), 'nothing but /usr')],
          ['Devices', list(bounds.devices, 'none but the usual ones')],
          ['Subnets', list(bounds.subnets, 'any private one')],
          ['Bridges', list(bounds.parents, 'none of the host’s own')],
          ['Jails', `at most ${bounds.maxJails}`],
          [
            'Limits a jail',
            [
              bounds.maxMemory === null ? 'any memory' : `${bytesText(bounds.maxMemory)} memory`,
              bounds.maxCpus === null ? 'any CPU' : `${bounds.maxCpus} CPU`,
              bounds.maxPids === null ? 'any number of processes' : `${bounds.maxPids} processes`,
            ].join(' · '),
          ],
          ['Exec', bounds.exec ? 'allowed' : 'not allowed'],
          ['Console', bounds.console ? 'allowed' : 'not allowed'],
          ['Host settings', list(bounds.hostSettings, 'none may be changed')],
        ]}
      />
    </Panel>
  );
}

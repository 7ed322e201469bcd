'use client';
import type { Refusal } from '@cellblock/shared/app-error';
import type { NetworkView } from '@cellblock/shared/views/network-view';
import { Link } from '@/app/link';
import { paths } from '@/paths';
import { Checkbox } from '@/ui/checkbox';
import { Note } from '@/ui/note';
import { SelectField } from '@/ui/select-field';
import { TextField } from '@/ui/text-field';
import { ConflictNote } from '../../../conflict-note';

interface NetworkChoiceProps {
  networks: readonly NetworkView[];
  /** they, or what would be made in their place, are still being looked up */
  awaited: boolean;
  /** no network reaches the host */
  none: boolean;
  making: { name: string; subnet: string; nat: boolean } | null;
  mayNotMake: string | null;
  value: string;
  makeNetwork: boolean;
  address: string;
  conflict: Refusal | undefined;
  planned: readonly string[];
  onNetwork: (name: string) => void;
  onMake: (make: boolean) => void;
  onAddress: (address: string) => void;
}

/** Which network, which address; where there is no network, the offer to make a bridge with NAT along. */
export function NetworkChoice(props: NetworkChoiceProps) {
  const { networks, awaited, none, making, mayNotMake, value, makeNetwork, address, conflict, planned } =
    props;
  // What is below keeps its place when they arrive, where the host has one.
  const hasNetwork = awaited || (none ? making !== null : value !== '');
  return (
    <>
      {none ? (
        <Note tone="info" title="No network reaches this host yet.">
          {mayNotMake ? (
            <p>The jail gets no network. {mayNotMake}</p>
          ) : (
            <>
              <Checkbox
                checked={makeNetwork}
                onChange={props.onMake}
                hint={
                  making
                    ? `${making.name}, ${making.subnet}: jails reach each other, and the outside through the host.`
                    : awaited
                      ? 'A subnet that is free there is being looked up.'
                      : undefined
                }
              >
                <span className="text-strong">Make a bridge with NAT for it</span>
              </Checkbox>
              <p className="mt-1">
                Or <Link href={paths.networkNew()}>set one up yourself</Link>.
              </p>
            </>
          )}
        </Note>
      ) : (
        <SelectField
          label="Network"
          value={value}
          onChange={(event) => props.onNetwork(event.currentTarget.value)}
          hint={
            awaited
              ? 'The networks are being looked up.'
              : networks.find((each) => each.name === value)?.reachText
          }
          options={[
            ...networks.map((each) => ({
              value: each.name,
              label: `${each.name} · ${each.subnets.map((subnet) => subnet.prefix).join(', ')}`,
            })),
            { value: '', label: 'No network' },
          ]}
        />
      )}
      {hasNetwork && (
        <>
          <TextField
            label="Address"
            name="address"
            optional
            mono
            value={address}
            placeholder={planned.length > 0 ? `Next free: ${planned.join(', ')}` : 'Next free'}
            hint="Several are told apart by spaces"
            onChange={(event) => props.onAddress(event.currentTarget.value)}
          />
          {conflict && <ConflictNote conflict={conflict} onTake={props.onAddress} />}
        </>
      )}
    </>
  );
}

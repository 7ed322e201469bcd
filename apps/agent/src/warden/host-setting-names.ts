import { PROC_HIDEPID } from '@cellblock/shared/proc-hidepid';

/** What `hostSettings` of the bounds may name: all that an agent ever changes of its host. */
const HOST_SETTINGS = [
  'net.ipv4.ip_forward',
  'net.ipv4.conf.all.forwarding',
  'net.ipv6.conf.all.forwarding',
  PROC_HIDEPID,
];

/** A name that is none would be waited for in vain: what is wrong, each by its field. */
export function unknownHostSettings(names: readonly string[]): string[] {
  return names.flatMap((name, index) =>
    HOST_SETTINGS.includes(name)
      ? []
      : [`hostSettings.${index}: ${name} is nothing that an agent changes: name ${HOST_SETTINGS.join(', ')}`],
  );
}

import type { JailSettings } from '@cellblock/shared/jail-spec';

/** The files that are made anew at every start and laid over /etc, so that no link in the jail is followed. */
export function etcFiles(o: {
  settings: Pick<JailSettings, 'hostname' | 'dns'>;
  upstream: readonly string[];
  addresses: readonly string[];
}): { target: string; content: string }[] {
  const servers = o.settings.dns.length > 0 ? o.settings.dns : o.upstream;
  const own = o.addresses.length > 0 ? o.addresses : ['127.0.1.1'];
  return [
    { target: '/etc/hostname', content: `${o.settings.hostname}\n` },
    {
      target: '/etc/hosts',
      content: [
        '127.0.0.1 localhost',
        '::1 localhost',
        ...own.map((address) => `${address} ${o.settings.hostname}`),
        '',
      ].join('\n'),
    },
    { target: '/etc/resolv.conf', content: servers.map((server) => `nameserver ${server}\n`).join('') },
  ];
}

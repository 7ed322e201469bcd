import { bridgeName, nftTableName, portName } from '@cellblock/shared/owned-names';
import type { Stand } from '../stand.ts';
import { lan, steady } from './warden-acts.ts';

/** Somebody else's hand on what is ours, while no warden looks: every kind of thing that is only ever mended. */
export async function disturb(stand: Stand): Promise<void> {
  const { instance } = stand;
  const bridge = bridgeName(instance, lan.key);
  const port = portName(instance, steady.interfaces[0]?.key ?? '');
  const table = nftTableName(instance);
  const onHost = (...argv: [string, ...string[]]) => stand.inside(null, ...argv);
  await onHost('bridge', 'link', 'set', 'dev', port, 'learning', 'on');
  await onHost('ip', 'link', 'set', port, 'nomaster');
  await onHost('ip', 'addr', 'add', '10.77.1.99/24', 'dev', bridge);
  await onHost('ip', 'link', 'set', bridge, 'down');
  await onHost('nft', 'delete', 'table', 'bridge', table);
  await onHost('nft', 'delete', 'table', 'inet', table);
  await onHost('sysctl', '-q', '-w', 'net.ipv4.ip_forward=0');
  await onHost('sysctl', '-q', '-w', `net.ipv4.conf.${port}.rp_filter=0`);
  await stand.inside(steady.key, 'sysctl', '-q', '-w', 'net.ipv4.conf.all.accept_redirects=1');
  await stand.inside(steady.key, 'ip', 'link', 'set', 'eth0', 'down');
}

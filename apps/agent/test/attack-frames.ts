/** Frames that a jail has no right to send (security.md, catalogue F), each carrying its own name. */
export interface Attacker {
  mac: string;
  /** addresses it holds */
  v4: string;
  v6: string;
  linkLocal: string;
}
export interface Victim {
  mac: string;
  v4: string;
  v6: string;
}

export interface Frame {
  name: string;
  hex: string;
  /** what it may send, to show that the listener hears at all */
  allowed?: boolean;
}

const hex = (bytes: Iterable<number>) => Buffer.from([...bytes]).toString('hex');
const mac = (text: string) => text.replaceAll(':', '');
const ip4 = (text: string) => hex(text.split('.').map(Number));
const word = (n: number, bytes = 2) => n.toString(16).padStart(bytes * 2, '0');
const text = (name: string) => Buffer.from(`word-${name};`.padEnd(24, '.')).toString('hex');

export function ip6(address: string): string {
  const [head = '', tail] = address.split('::');
  const groups = (part: string) => part.split(':').filter((group) => group !== '');
  const missing = tail === undefined ? 0 : 8 - groups(head).length - groups(tail).length;
  return [...groups(head), ...Array(missing).fill('0'), ...groups(tail ?? '')]
    .map((group) => group.padStart(4, '0'))
    .join('');
}

function sum16(bytes: string): string {
  const padded = bytes.length % 4 === 0 ? bytes : `${bytes}00`;
  let sum = 0;
  for (let at = 0; at < padded.length; at += 4) sum += Number.parseInt(padded.slice(at, at + 4), 16);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return word(~sum & 0xffff);
}

function packet4(from: string, to: string, protocol: number, payload: string): string {
  const total = 20 + payload.length / 2;
  const header = (checksum: string) =>
    `4500${word(total)}00010000${word(64, 1)}${word(protocol, 1)}${checksum}${ip4(from)}${ip4(to)}`;
  return header(sum16(header('0000'))) + payload;
}

function packet6(from: string, to: string, next: number, payload: string): string {
  return `60000000${word(payload.length / 2)}${word(next, 1)}ff${ip6(from)}${ip6(to)}${payload}`;
}

function udp(from: number, to: number, payload: string): string {
  return `${word(from)}${word(to)}${word(8 + payload.length / 2)}0000${payload}`;
}

function icmp6(from: string, to: string, body: string): string {
  const pseudo = `${ip6(from)}${ip6(to)}${word(body.length / 2, 4)}0000003a`;
  const checksum = sum16(pseudo + body);
  return body.slice(0, 4) + checksum + body.slice(8);
}

function arp(o: {
  operation: 1 | 2;
  senderMac: string;
  sender: string;
  target: string;
  name: string;
}): string {
  const { operation, senderMac, sender, target, name } = o;
  return `0001080006 04${word(operation)}${mac(senderMac)}${ip4(sender)}${'00'.repeat(6)}${ip4(target)}${text(name)}`.replace(
    ' ',
    '',
  );
}

/** To the group of LLDP, which a bridge hands to the host past its own hooks; forged, for a port of the host. */
export function linkLocalGroupFrame(me: Attacker, host: string, port: number): string {
  const body = packet4('10.77.1.99', host, 17, udp(1000, port, text('group')));
  return `0180c200000e${mac(me.mac)}0800${body}`;
}

export function attackFrames(me: Attacker, victim: Victim, gateway: string): Frame[] {
  const to = mac(victim.mac);
  const plain = (type: string, body: string, from = me.mac) => `${to}${mac(from)}${type}${body}`;
  const v4 = (name: string, from: string) => packet4(from, victim.v4, 17, udp(1000, 2000, text(name)));
  const v6 = (name: string, from: string) => packet6(from, victim.v6, 17, udp(1000, 2000, text(name)));
  const option = (name: string) => text(name);
  const advert = (name: string) =>
    icmp6(me.linkLocal, 'ff02::1', `86000000${'40000708'}${'00'.repeat(8)}${option(name)}`);
  const neighbour = (name: string, target: string) =>
    icmp6(me.v6, victim.v6, `88000000${'60000000'}${ip6(target)}0201${mac(me.mac)}${option(name)}`);
  const redirect = (name: string) =>
    icmp6(
      me.linkLocal,
      victim.v6,
      `89000000${'00000000'}${ip6('2001:db8::1')}${ip6('2001:db8::2')}${option(name)}`,
    );

  const one = (name: string, hexText: string, allowed = false): Frame => ({ name, hex: hexText, allowed });
  return [
    one('own-v4', plain('0800', v4('own-v4', me.v4)), true),
    one('own-v6', plain('86dd', v6('own-v6', me.v6)), true),
    one('own-na', plain('86dd', packet6(me.v6, victim.v6, 58, neighbour('own-na', me.v6))), true),
    one('spoof-mac', plain('0800', v4('spoof-mac', me.v4), '02:ff:ff:ff:ff:01')),
    one('spoof-v4', plain('0800', v4('spoof-v4', gateway))),
    one('spoof-v6', plain('86dd', v6('spoof-v6', '2001:db8::bad'))),
    one(
      'arp-gateway',
      plain(
        '0806',
        arp({ operation: 2, senderMac: me.mac, sender: gateway, target: victim.v4, name: 'arp-gateway' }),
      ),
    ),
    one(
      'arp-mac',
      plain(
        '0806',
        arp({
          operation: 2,
          senderMac: '02:ff:ff:ff:ff:01',
          sender: me.v4,
          target: victim.v4,
          name: 'arp-mac',
        }),
      ),
    ),
    one(
      'arp-gratuitous',
      plain(
        '0806',
        arp({
          operation: 1,
          senderMac: me.mac,
          sender: victim.v4,
          target: victim.v4,
          name: 'arp-gratuitous',
        }),
      ),
    ),
    one('router-advert', plain('86dd', packet6(me.linkLocal, 'ff02::1', 58, advert('router-advert')))),
    one(
      'advert-behind-header',
      plain(
        '86dd',
        packet6(me.linkLocal, 'ff02::1', 60, `3a00${'010400000000'}${advert('advert-behind-header')}`),
      ),
    ),
    one('nd-redirect', plain('86dd', packet6(me.linkLocal, victim.v6, 58, redirect('nd-redirect')))),
    one('na-foreign', plain('86dd', packet6(me.v6, victim.v6, 58, neighbour('na-foreign', victim.v6)))),
    one('vlan-0', plain('8100', `00000800${v4('vlan-0', gateway)}`)),
    one('vlan-own', plain('8100', `00050800${v4('vlan-own', me.v4)}`)),
    one('qinq', plain('88a8', `000581000006${'0800'}${v4('qinq', gateway)}`)),
    one('llc', plain('0040', `aaaa03000000${'0800'}${v4('llc', me.v4)}`)),
    one('mpls', plain('8847', `000641ff${v4('mpls', me.v4)}`)),
    one('unknown', plain('9000', text('unknown'))),
    one('dhcp-server', plain('0800', packet4(me.v4, victim.v4, 17, udp(67, 68, text('dhcp-server'))))),
    one(
      'dhcp6-server',
      plain('86dd', packet6(me.linkLocal, victim.v6, 17, udp(547, 546, text('dhcp6-server')))),
    ),
    one(
      'icmp-redirect',
      plain(
        '0800',
        packet4(
          me.v4,
          victim.v4,
          1,
          `0501${sum16(`05010000${ip4(gateway)}${text('icmp-redirect')}`)}${ip4(gateway)}${text('icmp-redirect')}`,
        ),
      ),
    ),
  ];
}

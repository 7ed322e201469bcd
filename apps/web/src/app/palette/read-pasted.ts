import { History, MapPin, Search } from 'lucide-react';
import { paths } from '@/paths';
import type { PaletteAction } from './palette-actions';

const V4 = /^\d{1,3}(\.\d{1,3}){3}$/;
const V6 = /^[0-9a-f:]+:[0-9a-f:]*$/i;
const EVENT = /^#(\d+)$/;

/** What a pasted text plainly is, without asking the server: an address, an event's number, a request id. */
export function readPasted(text: string): PaletteAction[] {
  if (V4.test(text) || V6.test(text)) {
    return [
      {
        key: 'pasted',
        label: text,
        detail: 'Who holds it, and who held it when',
        icon: MapPin,
        href: paths.address(text),
        mono: true,
      },
      {
        key: 'pasted-audit',
        label: `Events of ${text}`,
        detail: 'Audit',
        icon: History,
        href: paths.audit(text),
      },
    ];
  }
  const event = EVENT.exec(text);
  if (event)
    return [
      { key: 'pasted', label: `Event ${text}`, icon: History, href: paths.auditEvent(Number(event[1])) },
    ];
  if (/^req_/.test(text)) {
    return [{ key: 'pasted', label: `Events of request ${text}`, icon: Search, href: paths.audit(text) }];
  }
  return [];
}

import { History, ListChecks, MapPin, Network, Search } from 'lucide-react';
import { paths } from '../../paths.ts';
import type { PaletteAction } from './palette-action.ts';

const V4 = /^\d{1,3}(\.\d{1,3}){3}$/;
const V6 = /^(?!([0-9a-f]{2}:){5}[0-9a-f]{2}$)[0-9a-f:]+:[0-9a-f:]*$/i;
const CIDR = /^(\d{1,3}(\.\d{1,3}){3}|[0-9a-f:]+:[0-9a-f:]*)\/\d{1,3}$/i;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const EVENT = /^#(\d{1,15})$/;
const TASK = /^T-(\d{1,9})$/i;

/** What a pasted text plainly is, without asking the server. */
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
        href: paths.audit(`ip:${quoted(text)}`),
      },
    ];
  }
  if (CIDR.test(text)) {
    return [
      {
        key: 'pasted',
        label: `Jails with an address in ${text}`,
        icon: Network,
        href: paths.jails(`ip:${quoted(text)}`),
      },
      {
        key: 'pasted-audit',
        label: `Events of addresses in ${text}`,
        detail: 'Audit',
        icon: History,
        href: paths.audit(`ip:${quoted(text)}`),
      },
    ];
  }
  const event = EVENT.exec(text);
  if (event)
    return [
      { key: 'pasted', label: `Event ${text}`, icon: History, href: paths.auditEvent(Number(event[1])) },
    ];
  const task = TASK.exec(text);
  if (task) {
    const id = `T-${task[1]}`;
    return [
      { key: 'pasted', label: `Task ${id}`, icon: ListChecks, href: paths.task(id) },
      {
        key: 'pasted-audit',
        label: `Events of task ${id}`,
        detail: 'Audit',
        icon: History,
        href: paths.audit(`task:${id}`),
      },
    ];
  }
  if (UUID.test(text) || /^req_\w+$/.test(text)) {
    return [
      {
        key: 'pasted-request',
        label: `Events of request ${text}`,
        detail: 'Audit',
        icon: Search,
        href: paths.audit(`request:${text}`),
      },
    ];
  }
  return [];
}

/** A value with colons in it stands in quotes in the filter language. */
const quoted = (text: string) => (text.includes(':') ? `"${text}"` : text);

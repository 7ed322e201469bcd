import type { CreateJailInput } from '@cellblock/shared/jail-input';
import type { JailRoot } from '@cellblock/shared/jail-spec';
import { parseSize } from '@cellblock/shared/size-text';

export type RootKind = 'host-usr' | 'dir' | 'tar';

/** What is in the form. Only a name is needed; the rest has defaults. */
export interface JailDraft {
  name: string;
  host?: string;
  /** null: none */
  network?: string | null;
  address: string;
  root: 'host-usr' | 'dir' | 'tar';
  rootPath: string;
  ephemeral: boolean;
  readOnly: boolean;
  command: string;
  memory: string;
  cpus: string;
  pids: string;
  boot: boolean;
  /** make the bridge with NAT along with the jail */
  makeNetwork: boolean;
}

export const emptyDraft: JailDraft = {
  name: '',
  address: '',
  root: 'host-usr',
  rootPath: '',
  ephemeral: false,
  readOnly: false,
  command: '',
  memory: '',
  cpus: '',
  pids: '',
  boot: true,
  makeNetwork: true,
};

export type DraftError = { field: keyof JailDraft; error: string };

const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/** The first thing in the form that cannot be right; the server decides about the rest. */
export function draftError(draft: JailDraft): DraftError | null {
  const { name } = draft;
  if (name && !NAME.test(name)) {
    return {
      field: 'name',
      error:
        'A name holds lower-case letters, digits, ".", "_" and "-" only, and begins with a letter or digit.',
    };
  }
  if (/^\d+\.\d+\.\d+\.\d+$/.test(name))
    return { field: 'name', error: 'It looks like an IP address: add a letter.' };
  if (draft.memory && parseSize(draft.memory) === null)
    return { field: 'memory', error: 'This is no size: write 256M or 1G.' };
  if (draft.cpus && !(Number(draft.cpus) > 0))
    return { field: 'cpus', error: 'This is no number above 0: write 0.5 or 2.' };
  if (draft.pids && !(Number.isInteger(Number(draft.pids)) && Number(draft.pids) >= 2)) {
    return { field: 'pids', error: 'This is no whole number from 2 up.' };
  }
  if (draft.root !== 'host-usr' && draft.rootPath && !draft.rootPath.startsWith('/')) {
    return { field: 'rootPath', error: 'The path is not absolute: begin it with /.' };
  }
  return null;
}

/** The input of `jails.create`, or null while something is missing or cannot be right. */
export function inputOf(
  draft: JailDraft,
  suggested: { name: string; subnet: string; nat: boolean } | null,
): CreateJailInput | null {
  if (!draft.name || draftError(draft)) return null;
  if (draft.root !== 'host-usr' && !draft.rootPath) return null;
  const root: JailRoot =
    draft.root === 'host-usr'
      ? { kind: 'host-usr', ephemeral: draft.ephemeral }
      : { kind: draft.root, path: draft.rootPath };
  const limited = draft.memory || draft.cpus || draft.pids;
  const network = suggested ? suggested.name : draft.network;
  return {
    name: draft.name,
    host: draft.host,
    network,
    makeNetwork: suggested ?? undefined,
    addresses: network !== null && draft.address.trim() ? draft.address.trim().split(/[\s,]+/) : undefined,
    settings: {
      root,
      boot: draft.boot,
      ...(draft.readOnly && { readOnly: true }),
      ...(draft.command.trim() && { command: splitWords(draft.command) }),
      ...(limited && {
        limits: {
          memory: draft.memory ? parseSize(draft.memory) : null,
          cpus: draft.cpus ? Number(draft.cpus) : null,
          pids: draft.pids ? Number(draft.pids) : null,
        },
      }),
    },
  };
}

/** Words as a shell would split them, with single and double quotes; nothing is expanded. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  for (const match of text.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g)) {
    words.push(match[0].replace(/"([^"]*)"|'([^']*)'/g, (_, double, single) => double ?? single ?? ''));
  }
  return words;
}

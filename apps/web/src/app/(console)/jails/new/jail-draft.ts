import type { CreateJailInput } from '@cellblock/shared/jail-input';
import type { JailRoot, JailSettings } from '@cellblock/shared/jail-spec';
import type { Profile } from '@cellblock/shared/profile';
import { profileOf } from '@cellblock/shared/profile-rule';
import { parseSize } from '@cellblock/shared/size-text';
import { type ViewLine, viewLineError, viewOf } from '../view-form';

export type RootKind = JailRoot['kind'];

/** What is in the form. Only a name is needed; the rest has defaults. */
export interface JailDraft {
  name: string;
  host?: string;
  /** null: none */
  network?: string | null;
  address: string;
  root: RootKind;
  /** of a directory or tarball its path, of an image its digest */
  rootPath: string;
  /** undefined: as the root has it */
  profile?: Profile;
  view: ViewLine[];
  ephemeral: boolean;
  /** undefined: as the profile has it */
  readOnly?: boolean;
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
  view: [],
  ephemeral: false,
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
  const named = draft.root === 'dir' || draft.root === 'tar';
  if (named && draft.rootPath && !draft.rootPath.startsWith('/')) {
    return { field: 'rootPath', error: 'The path is not absolute: begin it with /.' };
  }
  const line = draft.view.map(viewLineError).find((error) => error !== null);
  return line ? { field: 'view', error: line } : null;
}

function rootOf(draft: JailDraft): JailRoot {
  switch (draft.root) {
    case 'host-usr':
      return { kind: 'host-usr', ephemeral: draft.ephemeral };
    case 'view':
      return { kind: 'view' };
    case 'image':
      return { kind: 'image', digest: draft.rootPath };
    default:
      return { kind: draft.root, path: draft.rootPath };
  }
}

/** The profile that the jail will have, and whether its root can be written: chosen here, or as the rest has it. */
export function rulesOf(draft: JailDraft): Pick<JailSettings, 'profile' | 'readOnly'> {
  return profileOf(rootOf(draft), draft);
}

/** The input of `jails.create`, or null while something is missing or cannot be right. */
export function inputOf(
  draft: JailDraft,
  suggested: { name: string; subnet: string; nat: boolean } | null,
): CreateJailInput | null {
  if (!draft.name || draftError(draft)) return null;
  if (draft.root !== 'host-usr' && draft.root !== 'view' && !draft.rootPath) return null;
  const root = rootOf(draft);
  const view = viewOf(draft.view);
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
      ...(draft.readOnly !== undefined && { readOnly: draft.readOnly }),
      ...(draft.profile && { profile: draft.profile }),
      ...(view.length > 0 && { view }),
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

import type { CreateJailInput } from '@cellblock/shared/jail-input';
import { rootName } from '@cellblock/shared/root-name';
import { shellWord, shellWords } from '@cellblock/shared/shell-words';
import { ViewMount } from '@cellblock/shared/view-mount';
import { viewText } from '@cellblock/shared/view-text';
import type { JailDraft } from './jail-draft';

const OWN = ['bind', 'overlay', 'tmpfs', 'mask'];

function viewOption(mount: ViewMount): string {
  const line = viewText(mount);
  return OWN.includes(mount.kind)
    ? `--${mount.kind} ${shellWord(line)}`
    : `--view ${shellWord(`${mount.kind}:${line}`)}`;
}

/** The same jail from a terminal. */
export function jailCommand(input: CreateJailInput, draft: JailDraft): string {
  const { root, command, profile, view = [] } = input.settings ?? {};
  return [
    `cellblock create ${input.name}`,
    input.host && `--host ${input.host}`,
    root && root.kind !== 'host-usr' && `--root ${shellWord(rootName(root))}`,
    draft.root === 'host-usr' && draft.ephemeral && '--ephemeral',
    profile && `--profile ${profile}`,
    ...view.map((mount) => viewOption(ViewMount.parse(mount))),
    input.network === null ? '--network none' : input.network && `--network ${input.network}`,
    ...(input.addresses ?? []).map((address) => `--ip ${address}`),
    draft.memory && `--memory ${draft.memory}`,
    draft.cpus && `--cpus ${draft.cpus}`,
    draft.pids && `--pids ${draft.pids}`,
    draft.readOnly === true && '--read-only',
    draft.readOnly === false && '--writable',
    !draft.boot && '--no-boot',
    command && `-- ${shellWords(command)}`,
  ]
    .filter(Boolean)
    .join(' ');
}

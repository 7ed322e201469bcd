import type { CreateNetworkInput } from '@cellblock/shared/network-input';

/** What is in the form; what is not typed takes the server's suggestion. */
export interface NetworkDraft {
  own?: boolean;
  name?: string;
  host?: string;
  parent?: string;
  subnet?: string;
  subnet6?: string;
  gateway?: string;
  nat?: boolean;
}

/** The input of `networks.create`, or null while something is still missing. */
export function inputOf(
  draft: NetworkDraft,
  host: string | undefined,
  suggested: { name: string; subnet: string } | undefined,
): CreateNetworkInput | null {
  const name = draft.name?.trim() || suggested?.name;
  const subnet = draft.subnet?.trim() || (draft.own ? suggested?.subnet : undefined);
  if (!name || !subnet) return null;
  const subnets = [subnet, draft.subnet6?.trim()].filter((each): each is string => Boolean(each));
  if (draft.own) return { name, subnets, nat: draft.nat ?? false, host };
  if (!draft.parent) return null;
  return { name, subnets, parent: draft.parent, gateway: draft.gateway?.trim() || undefined };
}

/** The same in a terminal. */
export function commandOf(input: CreateNetworkInput): string {
  return [
    `cellblock network create ${input.name} --kind bridge`,
    input.parent && `--parent ${input.parent}`,
    ...input.subnets.map((subnet) => `--subnet ${subnet}`),
    input.gateway && `--gateway ${input.gateway}`,
    input.nat && '--nat',
    input.host && !input.parent && `--host ${input.host}`,
  ]
    .filter(Boolean)
    .join(' ');
}
